// `npm run results`: runs the studies behind docs/results.md and compares them into docs/results/.
// `npm run results -- --seeds 11,12 --only matched` runs a part. Studies are kept in .cache/results:
// what is finished is not run again, what was interrupted goes on. What a comparison reads of a real model's studies is
// kept in docs/results/runs, so that seeds can be added without running the others again. Then docs/results.md is written from its template,
// and what lessons tell of a study.
// `npm run results -- --check` runs nothing: it recomputes every figure of the prose, and fails where one has changed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureInstalled, root } from './ensure-installed.mjs';
import { REAL_FILES, whyAbsent } from './real-model-files.mjs';

/** Each comparison joins studies that score the same answers; a study is run once for each seed. */
const COMPARISONS = [
  {
    name: 'matched',
    title: 'Soft and hard targets on the built-in model, at equal answers',
    studies: ['matched'],
  },
  {
    name: 'paper',
    title: "Soft and hard targets on the built-in model, with the paper's preset",
    studies: ['paper'],
  },
  {
    name: 'whole-trie',
    title: 'Targets at every node of the trie, on the built-in model',
    studies: ['matched', 'whole-trie'],
  },
  {
    name: 'smollm2',
    title: 'One prompt of a real model, SmolLM2 135M in 4 bits',
    studies: ['smollm2'],
    // As its figures are compared with PyTorch's, one seed says it.
    seeds: ['11'],
    model: REAL_FILES.smollm2,
  },
  {
    name: 'evidence',
    title: "The paper's claims on a real model, SmolLM2 135M in 4 bits",
    studies: ['evidence'],
    model: REAL_FILES.smollm2,
  },
  {
    name: 'objectives',
    title: 'Exact objectives on one prompt of a real model, SmolLM2 135M in 4 bits',
    studies: ['objectives'],
    // Of one prompt, as `smollm2`.
    seeds: ['11'],
    model: REAL_FILES.smollm2,
  },
  {
    name: 'baselines',
    title: 'Without training: temperature and verbalised sampling, SmolLM2 135M in 4 bits',
    studies: ['baselines'],
    model: REAL_FILES.smollm2,
  },
  {
    name: 'questions',
    title: 'Where the right option stands in questions that a model writes, SmolLM2 135M in 4 bits',
    studies: ['questions'],
    model: REAL_FILES.smollm2,
  },
  {
    name: 'best',
    title: 'A recipe beside soft and hard targets, SmolLM2 135M in 4 bits',
    studies: ['one-by-one', 'best'],
    // Seeds on which nothing was searched.
    seeds: ['12', '13'],
    model: REAL_FILES.smollm2,
  },
  {
    name: 'gemma',
    title: "The paper's claims on a second real model, Gemma 3 270M in 4 bits",
    studies: ['gemma'],
    seeds: ['11'],
    model: REAL_FILES.gemma3,
  },
  {
    name: 'exact',
    title: 'Exact objectives in half the steps, on the built-in model',
    studies: ['soft-400', 'exact-200'],
    seeds: ['11'],
  },
];

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    only: { type: 'string' },
    check: { type: 'boolean', default: false },
  },
});
/** Three, unless a comparison has its own; whoever asks for some gets them of all. */
const SEEDS = ['11', '12', '13'];

ensureInstalled();
const { register } = await import('tsx/esm/api');
register();
const { PROSE, renderedProse } = await import('./results-prose.mjs');
const { LESSON_STUDY, lessonStudy } = await import('./lesson-study.mjs');
/** What is told of the comparisons, with how it is computed from them. */
const TOLD = [
  [PROSE, renderedProse],
  [LESSON_STUDY, lessonStudy],
];
if (values.check) {
  for (const [file, computed] of TOLD) {
    if ((await computed()) === readFileSync(file, 'utf8')) continue;
    console.error(`${file} differs from what is computed.`);
    process.exitCode = 1;
  }
  process.exit();
}
for (const { name, title, studies, model, seeds: own = SEEDS } of COMPARISONS) {
  const seeds = values.seeds?.split(',') ?? own;
  if (values.only !== undefined && values.only !== name) continue;
  if (model && !existsSync(model)) {
    console.error(`${name}: ${whyAbsent(model)}`);
    continue;
  }
  const folders = studies.flatMap((study) => seeds.map((seed) => finished(study, seed, model)));
  lab('compare', ...folders, '--out', join('docs', 'results', name), '--title', title);
}
for (const [file, computed] of TOLD) writeFileSync(file, await computed());

/** The folder of a study, which is run to its end first, with what a comparison reads of it. */
function finished(study, seed, model) {
  const kept = join('docs', 'results', 'runs', study, `seed-${seed}`);
  if (existsSync(join(root, kept, 'results.json'))) return kept;
  const folder = run(study, seed, model);
  if (!model) return folder;
  mkdirSync(join(root, kept), { recursive: true });
  // Whose computer it was is nobody's business.
  const results = readFileSync(join(root, folder, 'results.json'), 'utf8').replaceAll(
    homedir(),
    '~',
  );
  writeFileSync(join(root, kept, 'results.json'), results);
  return kept;
}

function run(study, seed, model) {
  const folder = join('.cache', 'results', study, `seed-${seed}`);
  if (existsSync(join(root, folder, 'results.json'))) return folder;
  const config = join('docs', 'results', 'studies', `${study}.json`);
  console.error(`\n— ${study}, seed ${seed}`);
  if (existsSync(join(root, folder, 'resume.bin'))) lab('study', '--resume', folder, '--progress');
  else {
    const own = model ? ['--model', model] : [];
    lab('study', '--config', config, ...own, '--seed', seed, '--out', folder, '--progress');
  }
  return folder;
}

function lab(...args) {
  const { status } = spawnSync(process.execPath, ['scripts/lab.mjs', ...args.map(String)], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}
