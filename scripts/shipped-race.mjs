// Runs the race that ships with the page, from its seed, and writes it to public/races/beta.json:
// `node scripts/shipped-race.mjs`. To be run again when the built-in model or its training changes.
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { register } from 'tsx/esm/api';

register();
const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const { startNodeBackend } = await import('../cli/backend.ts');
const { nodeFolder } = await import('../cli/model-folder.ts');
const { resolveExperiment } = await import('../src/lab/experiment/experiment.ts');
const { raceOf } = await import('../src/lab/race/race.ts');
const { writeRace } = await import('../src/lab/race/race-file.ts');
const { QUESTIONS, raceExperiment, usualValues } = await import('../src/lab/race/questions.ts');
const { runStudy } = await import('../src/lab/study/study.ts');
const { loadLanguageModel } = await import('../src/model/language-model.ts');
const { selfTest } = await import('../src/training/self-test.ts');

const [question] = QUESTIONS;
const { steps } = question;
const experiment = resolveExperiment(
  raceExperiment(question.data(usualValues(question)), {
    ...{ model: 'builtin', seed: 11, answers: 1, steps },
  }),
);
const { name, adapter } = await startNodeBackend('wasm', selfTest);
const environment = { backend: name, adapter, model: 'builtin', selfTest: 'passed', versions: {} };
const model = await loadLanguageModel(await nodeFolder(at('public/models/builtin')));
const events = [];
for await (const event of runStudy(experiment, { model, environment, inTurns: true })) {
  events.push(event);
}
await mkdir(at('public/races'), { recursive: true });
const file = at(`public/races/${question.key}.json`);
await writeFile(file, `${JSON.stringify(writeRace(raceOf(experiment, events)))}\n`);
console.log(file);
