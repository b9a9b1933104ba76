// src/lab/lessons/shipped-study.json: what lessons say of a finished study, read from its comparison.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { figuresOfStudy } from './comparison-figures.mjs';
import { root } from './ensure-installed.mjs';

export const LESSON_STUDY = join(root, 'src', 'lab', 'lessons', 'shipped-study.json');

/** The study that lessons tell of, and its model as people call it. */
const [STUDY, MODEL] = ['evidence', 'SmolLM2-135M-Instruct'];
const ARMS = ['base', 'soft', 'hard'];
const SPLITS = ['train', 'test_unseen_params', 'test_ood_family'];

/** Its text, as the comparison has it now. */
export function lessonStudy() {
  const config = join(root, 'docs', 'results', 'studies', `${STUDY}.json`);
  const { data, training } = JSON.parse(readFileSync(config, 'utf8'));
  const study = {
    model: MODEL,
    steps: training.steps,
    families: data.families.length,
    away: Object.fromEntries(
      SPLITS.map((split) => [split, ofArms('exact', `${split} numbers`, 'tv')]),
    ),
    sums: ofArms('retention', '', 'arithmetic_accuracy'),
  };
  return `${JSON.stringify(study, null, 2)}\n`;
}

function ofArms(part, group, figure) {
  const rows = figuresOfStudy(STUDY).filter(
    (row) => row.part === part && row.group === group && row.figure === figure,
  );
  return Object.fromEntries(
    ARMS.map((arm) => [arm, Number(rows.find(({ column }) => column === arm).value)]),
  );
}
