// Lesson 5: what was taught for one distribution carries over to others, or not.
import { InputError } from '../../core/errors.ts';
import type { Beyond, Race } from '../race/race.ts';
import { studyPrompts } from '../plan/study-prompts.ts';
import { resolveExperiment } from '../experiment/experiment.ts';
import { awayWords, LEVEL } from '../race/verdict.ts';
import { defineLesson } from './lesson.ts';
import SHIPPED from './shipped-study.json' with { type: 'json' };

const NEEDS =
  'a family of which the paper sets other parameters aside, such as Beta or the Gaussian';

/** @throws InputError for choices, and for families that are held out whole */
function beyondOf({ beyond }: Pick<Race, 'beyond'>): Beyond {
  if (beyond) return beyond;
  throw new InputError(`this lesson needs ${NEEDS}`, 'Ask for one of those.', 'ask');
}

export const carryOver = defineLesson<Race>({
  title: 'Does it carry over?',
  words:
    'The model is taught one distribution by soft targets. Then it is asked for the same family with ' +
    'parameters that nobody taught it. If it learned what the sentence means, it should be closer there, too; ' +
    'if it learned the answers by heart, it should now give the old ones.',
  needs: NEEDS,
  question: 'Asked with other parameters, where is the model after its lesson?',
  options: [
    { key: 'closer', label: 'closer than before' },
    { key: 'level', label: 'as far away as before' },
    { key: 'farther', label: 'farther away' },
  ],
  run: (bench, experiment) => {
    const { evaluation } = studyPrompts(resolveExperiment(experiment));
    // Said before the race, and not after it.
    if (!evaluation.some(({ split }) => split === 'test_unseen_params')) beyondOf({ beyond: null });
    return bench.race(experiment);
  },
  reveal(race) {
    const beyond = beyondOf(race);
    const { base, soft, hard } = beyond.ends;
    const gained = base!.away - soft!.away;
    const [seen, unseen, families] = SHIPPED.splits;
    return {
      right: Math.abs(gained) < LEVEL ? 'level' : gained > 0 ? 'closer' : 'farther',
      sentences: [
        `“${beyond.target.prompt}” The untouched model is ${awayWords(base!.away)} away, after soft targets ` +
          `${awayWords(soft!.away)}, after hard ones ${awayWords(hard!.away)}.`,
        `In the study that ships with the lab, ${SHIPPED.steps} steps over ${SHIPPED.families} families, ` +
          `soft targets took prompts that were taught from ${awayWords(seen!.base)} to ` +
          `${awayWords(seen!.soft)}, unseen parameters from ${awayWords(unseen!.base)} to ` +
          `${awayWords(unseen!.soft)}, and families never taught from ${awayWords(families!.base)} to ` +
          `${awayWords(families!.soft)}.`,
      ],
      race,
    };
  },
});
