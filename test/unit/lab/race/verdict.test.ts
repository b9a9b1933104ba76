// The verdict of a race, whoever wins.
import { expect, test } from 'vitest';
import type { StudyEvent } from '../../../../src/lab/events.ts';
import { resolveExperiment } from '../../../../src/lab/experiment/experiment.ts';
import { QUESTIONS, raceExperiment, usualValues } from '../../../../src/lab/race/questions.ts';
import { type Race, raceAfter } from '../../../../src/lab/race/race.ts';
import { awayWords, hundredWords, verdictOf } from '../../../../src/lab/race/verdict.ts';

const [question] = QUESTIONS;
const experiment = resolveExperiment(
  raceExperiment(question!.data(usualValues(question!)), {
    ...{ model: 'builtin', seed: 1, answers: 4, steps: 2 },
  }),
);

/** A race of two steps over a coin, whose lanes end with these probabilities of heads. */
function raceTo(soft: number, hard: number): Race {
  const target: StudyEvent = {
    ...{ type: 'target', id: 'coin', split: 'train', family: 'choices', prompt: 'Toss.' },
    ...{ kind: 'choices', values: ['heads', 'tails'], probabilities: [0.5, 0.5] },
  };
  const lane = (arm: string, heads: number, step: number): StudyEvent[] => [
    {
      ...{ type: 'step', arm, step, steps: 2, loss: 1, learningRate: 1 },
      ...{ answerTokens: 1, promptTokens: 1, seconds: 1 },
    },
    {
      ...{ type: 'snapshot', arm, id: 'coin', step, invalidMass: 0 },
      probabilities: [heads, 1 - heads],
    },
  ];
  const events = [1, 2].flatMap((step) => [
    ...lane('soft', soft, step),
    ...lane('hard', hard, step),
  ]);
  return [target, ...events].reduce<Race | undefined>(
    (race, event) => raceAfter(race, experiment, event),
    undefined,
  )!;
}

test.each([
  [0.6, 0.75, 'ends 10 % away; shown 8 sampled answers, 25 % away. Soft is closer.'],
  [0.7, 0.55, 'ends 20 % away; shown 8 sampled answers, 5 % away. Hard is closer.'],
  [0.6, 0.602, 'ends 10 % away; shown 8 sampled answers, 10 % away. Neither is closer.'],
  [0.5, 0.505, 'ends 0 % away; shown 8 sampled answers, < 1 % away. Soft is closer.'],
])('soft at %d, hard at %d', (soft, hard, words) => {
  expect(verdictOf(raceTo(soft, hard))!.sentence).toContain(words);
});

test('there is none before both lanes have been trained', () => {
  expect(verdictOf({ ...raceTo(0.5, 0.5), lanes: [] })).toBeUndefined();
});

test.each([
  [0, '0 %'],
  [0.004, '< 1 %'],
  [0.094, '9 %'],
  [1, '100 %'],
])('%d is %s', (away, words) => expect(awayWords(away)).toBe(words));

test.each([
  [[0, 0, 0, 1], 'a hundred answers: 2 different, “heads” 3 times'],
  [[0, 0, 1, -1], 'a hundred answers: 2 different, “heads” 2 times; 1 are no answer'],
  [[-1, -1, -1, 0], 'a hundred answers: 3 are none of what was asked for'],
])('%j', (draws, words) => expect(hundredWords(draws, ['heads', 'tails'])).toBe(words));
