// A finished race as a file: what the model's probabilities were at every edge of the tree, after every step.
import * as v from 'valibot';
import { InputError } from '../../core/errors.ts';
import { inputErrorOf, integer, listOf, nonEmptyText, number, oneOf } from '../../core/schema.ts';
import { exactScores } from '../../core/scoring/exact.ts';
import { isTrained, resolveExperiment } from '../experiment/experiment.ts';
import { answersShown, type Frame, newLane, type Race, type RaceTarget, targetOf } from './race.ts';

/** More steps than a race keeps, and more answers and longer ones than it can show. */
const MOST = { steps: 200, answers: 1001, tokens: 64, edges: 65_536, lanes: 8 };
/** Decimals of a log-probability: a probability keeps four digits. */
const DECIMALS = 4;
const FORMAT = 'calibration-lab race 1';

const id = integer(0, 2 ** 31 - 1);
const edges = listOf(number(-1e6, 1e-6), 1, MOST.edges);
const target = v.object({
  id: nonEmptyText(),
  prompt: nonEmptyText(),
  kind: oneOf(['continuous', 'discrete', 'choices']),
  values: listOf(v.string('an answer'), 1, MOST.answers),
  probabilities: listOf(number(0, 1), 1, MOST.answers),
  tokens: v.object({
    paths: listOf(listOf(id, 1, MOST.tokens), 1, MOST.answers),
    end: id,
    texts: v.record(v.string(), v.string('the text of a token')),
  }),
});
const schema = v.object(
  {
    format: v.literal(FORMAT, `"${FORMAT}"`),
    experiment: v.unknown(),
    target,
    base: edges,
    lanes: listOf(
      v.object({
        arm: nonEmptyText(),
        seconds: number(0, 1e9),
        losses: listOf(v.nullable(number(-1e9, 1e9)), 1, MOST.steps),
        edges: listOf(edges, 1, MOST.steps),
      }),
      1,
      MOST.lanes,
    ),
    beyond: v.nullable(v.object({ target, ends: v.record(v.string(), edges) })),
  },
  'a race that was saved here',
);

/** What is written of a race; adapters are not. @throws InputError for one that was not watched */
export function writeRace(race: Race): v.InferOutput<typeof schema> {
  const { experiment, lanes, beyond } = race;
  return {
    format: FORMAT,
    experiment,
    target: written(race.target),
    base: rounded(race.base),
    lanes: lanes.map(({ arm, frames, seconds }) => ({
      arm: arm.name,
      seconds: Number(seconds.toFixed(2)),
      losses: frames.map(({ loss }) => loss && Number(loss.toFixed(DECIMALS))),
      edges: frames.map(rounded),
    })),
    beyond: beyond && {
      target: written(beyond.target),
      ends: Object.fromEntries(
        Object.entries(beyond.ends).map(([arm, frame]) => [arm, rounded(frame)]),
      ),
    },
  };
}

function written({ id: name, prompt, kind, values, probabilities, tokens }: RaceTarget) {
  if (!tokens) throw unwatched();
  const paths = tokens.paths.map((path) => [...path]);
  return {
    ...{ id: name, prompt, kind, values: [...values], probabilities: [...probabilities] },
    tokens: { paths, end: tokens.end, texts: { ...tokens.texts } },
  };
}

function rounded(frame: Frame | null): number[] {
  if (!frame?.edges) throw unwatched();
  return frame.edges.map((log) => Number(log.toFixed(DECIMALS)));
}

const unwatched = () =>
  new InputError('this race was not watched step by step', 'Run it on the stage.', 'race');

/** @throws InputError naming what is wrong with an untrusted file */
export function readRace(untrusted: unknown): Race {
  const read = v.safeParse(schema, untrusted, { abortEarly: true });
  if (!read.success) throw inputErrorOf(read.issues[0], 'the race');
  const { lanes, beyond, ...file } = read.output;
  const experiment = resolveExperiment(file.experiment);
  const seen = checkedTarget(file.target);
  const unseen = beyond && checkedTarget(beyond.target);
  const arms = experiment.arms.filter(isTrained);
  if (new Set(lanes.map(({ arm }) => arm)).size < lanes.length) {
    throw wrong('two lanes are of the same arm');
  }
  return {
    experiment,
    target: seen,
    base: frameOf(seen, file.base, 0, null),
    adapters: {},
    beyond: unseen && {
      target: unseen,
      ends: Object.fromEntries(
        Object.entries(beyond.ends).map(([arm, logs]) => [
          arm,
          frameOf(unseen, logs, experiment.training.steps, null),
        ]),
      ),
    },
    lanes: lanes.map(({ arm: name, seconds, losses, edges: steps }) => {
      const arm = arms.find((one) => one.name === name);
      if (!arm) throw wrong(`there is no arm ${JSON.stringify(name)}`);
      return {
        ...newLane(arm),
        seconds,
        shown: steps.map((_, step) => answersShown({ experiment, target: seen }, arm, step)),
        frames: steps.map((logs, i) => frameOf(seen, logs, i + 1, losses[i] ?? null)),
      };
    }),
  };
}

function checkedTarget(given: v.InferOutput<typeof target>): RaceTarget {
  const { values, probabilities, tokens } = given;
  const { length } = values;
  if (new Set(values).size < length) throw wrong('two answers are the same');
  if (probabilities.length !== length || tokens.paths.length !== length) {
    throw wrong('there are not as many probabilities, or tokens, as answers');
  }
  return targetOf(given);
}

/** Exact scores of what the file says the model thought. */
function frameOf(
  { trie, probabilities }: RaceTarget,
  logs: readonly number[],
  step: number,
  loss: number | null,
): Frame {
  if (logs.length !== trie!.edgeToken.length)
    throw wrong('a step does not fit the tree of answers');
  const space = { probabilities: Float64Array.from(probabilities), numbers: null };
  const { answerProbabilities, invalidMass, tv } = exactScores(trie!, space, logs);
  return {
    step,
    probabilities: [...answerProbabilities],
    invalidMass,
    away: tv,
    loss,
    edges: logs,
  };
}

const wrong = (what: string) =>
  new InputError(`${what} in the file of a race`, 'Save it once more.', 'race');
