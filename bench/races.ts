// The races of the stage from ten seeds each: `npx tsx bench/races.ts [SEEDS] [ANSWERS]`. How far away both
// lanes end, who is closer, and whether the verdict says so; the hard lane with one answer a step and with 16,
// unless ANSWERS says otherwise (`1,4`).
import { selfTest } from '../src/training/self-test.ts';
import { resolveExperiment } from '../src/lab/experiment/experiment.ts';
import {
  QUESTIONS,
  raceExperiment,
  usualValues,
  type RaceQuestion,
} from '../src/lab/race/questions.ts';
import { type Race, raceAfter } from '../src/lab/race/race.ts';
import { verdictOf } from '../src/lab/race/verdict.ts';
import { runStudy } from '../src/lab/study/study.ts';
import { loadLanguageModel } from '../src/model/language-model.ts';
import { startNodeBackend } from '../cli/backend.ts';
import { nodeFolder } from '../cli/model-folder.ts';

const FIRST_SEED = 11;
const seeds = Array.from({ length: Number(process.argv[2] ?? 10) }, (_, i) => FIRST_SEED + i);

const answersEach = (process.argv[3] ?? '1,16').split(',').map(Number);

const { name, adapter } = await startNodeBackend('wasm', selfTest);
const model = await loadLanguageModel(await nodeFolder('public/models/builtin'));
const environment = { backend: name, adapter, model: 'builtin', versions: {} } as const;

async function raced({ data, steps, ...question }: RaceQuestion, seed: number, answers: number) {
  const settings = { model: 'builtin', seed, answers, steps };
  const input = raceExperiment(data(usualValues({ data, steps, ...question })), settings);
  const experiment = resolveExperiment(input);
  let race: Race | undefined;
  const context = { model, environment: { ...environment, selfTest: 'passed' as const } };
  for await (const event of runStudy(experiment, context)) {
    race = raceAfter(race, experiment, event);
  }
  const [soft, hard] = race!.lanes.map(({ frames }) => frames.at(-1)!.away);
  const { sentence } = verdictOf(race!)!;
  const closer = /(Soft|Hard|Neither) is closer/.exec(sentence)![1]!;
  const level = Math.abs(soft! - hard!) < 0.005;
  const expected = level ? 'Neither' : soft! < hard! ? 'Soft' : 'Hard';
  return { base: race!.base!.away, soft: soft!, hard: hard!, closer, right: closer === expected };
}

const questions = [];
for (const question of QUESTIONS) {
  for (const answers of answersEach) {
    const races: ({ seed: number } & Awaited<ReturnType<typeof raced>>)[] = [];
    for (const seed of seeds) races.push({ seed, ...(await raced(question, seed, answers)) });
    const range = (of: 'base' | 'soft' | 'hard') => {
      const all = races.map((race) => race[of]);
      return [Math.min(...all), Math.max(...all)];
    };
    questions.push({
      ask: question.key,
      steps: question.steps,
      answers_a_step: answers,
      soft_closer: races.filter(({ closer }) => closer === 'Soft').length,
      verdicts_right: races.filter(({ right }) => right).length,
      of: races.length,
      away: { base: range('base'), soft: range('soft'), hard: range('hard') },
      races,
    });
    console.error(question.key, answers, JSON.stringify({ ...questions.at(-1)!, races: [] }));
  }
}
console.log(JSON.stringify({ environment, seeds, questions }, null, 2));
