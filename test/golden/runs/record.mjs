// Records three small runs as a checkout of the lab stores them, in the page and by `lab study`:
//   node test/golden/runs/record.mjs CHECKOUT [FOLDER]
// The recordings beside this file are of commit ca5cf17; they show that runs of then are read now.
import 'fake-indexeddb/auto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL, fileURLToPath } from 'node:url';
import { serialize } from 'node:v8';
import { gzipSync } from 'node:zlib';
import { openDB } from 'idb';
import { register } from 'tsx/esm/api';

register();
const root = resolve(process.argv[2] ?? '.');
const out = process.argv[3] ?? fileURLToPath(new URL('.', import.meta.url));
const load = (path) => import(pathToFileURL(join(root, path)).href);

const small = {
  training: { steps: 12, batch: 2, lora: { rank: 2, targets: ['q_proj'] } },
  data: {
    families: ['gaussian', 'binomial', 'bernoulli'],
    ...{ prompts_per_family: 2, decimals: 0, bins: 12 },
  },
  seed: 3,
};
/** A run, where it is left (a number of checkpoints; to its end without), and its experiment. */
const RUNS = {
  finished: {
    experiment: {
      ...small,
      arms: [
        { method: 'none' },
        { method: 'soft', paths: 4 },
        { method: 'hard', answers: 4 },
        { name: 'every path', method: 'soft', paths: 'trie' },
      ],
      evaluation: {
        prompts_per_family: 2,
        ...{ samples: 20, open: true, novelty: true, perplexity: true },
        data: {
          open: [{ id: 'fruit', prompt: 'Pick a random fruit. Output ONLY the answer.' }],
          novelty: [{ id: 'new', prompt: 'Tell me something new.' }],
          texts: [{ id: 'sun', text: 'The sun is warm. The cat is on the mat.' }],
        },
      },
    },
  },
  interrupted: {
    experiment: {
      ...small,
      arms: [{ method: 'none' }, { method: 'soft', paths: 4 }, { method: 'hard', answers: 4 }],
      evaluation: { samples: 20 },
    },
    checkpoints: 10,
  },
  baselines: {
    experiment: {
      ...small,
      arms: [{ method: 'none' }, { method: 'temperature' }, { method: 'seed_of_thought' }],
      evaluation: {
        ...{ samples: 20, splits: ['train', 'test_ood_family'], mcq: true, retention: true },
        data: {
          questions: [
            {
              name: 'own',
              questions: [
                {
                  ...{ kind: 'multiple_choice', id: 'sky', question: 'What colour is the sky?' },
                  ...{ options: ['blue', 'green'], answer: 0 },
                },
              ],
            },
          ],
        },
      },
    },
  },
};

const { startNodeBackend } = await load('cli/backend.ts');
const { environmentOf } = await load('cli/environment.ts');
const { openModel } = await load('cli/open-model.ts');
const { StudyFolder } = await load('cli/study-folder.ts');
const { comparisonJson } = await load('src/lab/compare/comparison-json.ts');
const { compare } = await load('src/lab/compare/comparison.ts');
const { readRun } = await load('src/lab/compare/compared-run.ts');
const { resolveExperiment } = await load('src/lab/experiment/experiment.ts');
const { collectResults } = await load('src/lab/results/results.ts');
const { resultsCsv } = await load('src/lab/results/results-csv.ts');
const { studyReport } = await load('src/lab/results/study-report.ts');
const { openIdbRunStore } = await load('src/lab/runs/idb-run-store.ts');
const { readableEvents } = await load('src/lab/runs/readable-events.ts');
const { RunRecorder } = await load('src/lab/runs/run-recorder.ts');
const { runStudy } = await load('src/lab/study/study.ts');

// Every reading of the clock is two seconds after the one before: checkpoints come often.
let now = 0;
performance.now = () => (now += 2_000);

const environment = environmentOf(await startNodeBackend('wasm'), 'builtin');
const model = await openModel('builtin');

for (const [name, { experiment: input, checkpoints = Infinity }] of Object.entries(RUNS)) {
  const experiment = resolveExperiment(input);
  const store = await openIdbRunStore(name);
  const stored = {
    ...{ id: name, name: `the ${name} run`, createdAt: Date.UTC(2026, 10, 29), updatedAt: 0 },
    ...{ status: 'running', experiment, environment: null, error: null, headline: {} },
  };
  const recorder = new RunRecorder(store, stored);
  const path = join(out, name);
  rmSync(path, { recursive: true, force: true });
  const folder = await StudyFolder.create(join(path, 'folder'), experiment);
  const events = [];
  let left = checkpoints;
  for await (const event of runStudy(experiment, { model, environment })) {
    events.push(event.type === 'checkpoint' ? withoutState(event) : event);
    recorder.add(event);
    await folder.add(event);
    if (event.type === 'checkpoint' && --left === 0) break;
  }
  const run = await recorder.finish(left > 0 ? 'done' : 'running');
  if (left > 0) await folder.finish();
  rmSync(join(path, 'folder', 'figures'), { recursive: true, force: true }); // drawn anew when asked for

  const readable = readableEvents(await store.events(name)).events;
  const results = collectResults(experiment, readable);
  const compared = readRun(run, await store.events(name));
  const comparison = compare(compared.arms.map((arm) => ({ run: compared, arm })));
  write(path, 'database.bin.gz', gzipSync(serialize(await contentsOf(name)), { level: 9 }));
  write(path, 'events.bin.gz', gzipSync(serialize(events), { level: 9 }));
  if (left === 0) {
    // A finished folder has its own.
    write(path, 'results.json', JSON.stringify(results));
    write(path, 'results.csv', resultsCsv(results));
    write(path, 'report.md', studyReport(results));
  }
  write(path, 'comparison.json', JSON.stringify(JSON.parse(comparisonJson(comparison))));
  const place = events.findLast(({ type }) => type === 'checkpoint').checkpoint;
  console.log(`${name}: ${events.length} events, left at ${place.arm}, step ${place.step}`);
}
process.exit(0);

/** Everything in a run's database, store by store: [key, value] pairs. */
async function contentsOf(database) {
  const db = await openDB(database);
  const contents = {};
  for (const store of db.objectStoreNames) {
    const [keys, values] = [await db.getAllKeys(store), await db.getAll(store)];
    contents[store] = keys.map((key, i) => [key, values[i]]);
  }
  return contents;
}

/** States weigh more than everything else together; the database and the folder keep the last. */
function withoutState({ type, checkpoint }) {
  return { type, checkpoint: { ...checkpoint, state: null } };
}

function write(path, name, content) {
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, name), content);
}
