// A race: arms trained in turns, watched after every step, equal to the study of the same experiment.
import { beforeAll, expect, test } from 'vitest';
import { startNodeBackend } from '../../../../cli/backend.ts';
import { answersOfStep } from '../../../../src/core/targets/sample-answers.ts';
import { raceOf } from '../../../../src/lab/race/race.ts';
import type { LanguageModel } from '../../../../src/model/language-model.ts';
import * as tf from '../../../../src/tensor/tf.ts';
import { eventsOf, only, tinyExperiment, tinyStudy } from '../../../support/study-runs.ts';
import { loadTinyModel } from '../../../support/tiny-model.ts';

let model: LanguageModel;
beforeAll(async () => {
  await startNodeBackend('wasm');
  model = await loadTinyModel();
}, 120_000);

const experiment = tinyExperiment({
  data: { distribution: { family: 'binomial', params: { n: 6, p: 0.3 } }, decimals: 0, bins: 12 },
  arms: [
    { method: 'none' },
    { method: 'soft', paths: 1 },
    { method: 'hard', answers: 1 },
    { name: 'hard 3', method: 'hard', answers: 3 },
  ],
  training: { steps: 5, batch: 1, learning_rate: 5e-3, lora: { rank: 4, alpha: 8, dropout: 0.1 } },
  evaluation: { splits: ['train'] },
});

test('equals the study, to the last digit, and leaves nothing behind', async () => {
  const before = tf.memory().numTensors;
  const race = await eventsOf(tinyStudy(model, experiment, { inTurns: true }));
  expect(tf.memory().numTensors).toBe(before);
  const study = await eventsOf(tinyStudy(model, experiment));
  expect(only(race, 'row')).toHaveLength(4);
  expect(only(race, 'row')).toEqual(only(study, 'row'));
});

test('arms take turns step by step, each step followed by the exact answers', async () => {
  const events = await eventsOf(tinyStudy(model, experiment, { inTurns: true }));
  const seen = events.flatMap((event) =>
    event.type === 'step' || event.type === 'snapshot' ? [`${event.arm} ${event.step}`] : [],
  );
  const turns = [1, 2, 3, 4, 5].flatMap((step) =>
    ['soft', 'hard', 'hard 3'].flatMap((arm) => [`${arm} ${step}`, `${arm} ${step}`]),
  );
  expect(seen).toEqual(['base 0', ...turns]);
});

test('is folded into lanes with a frame for every step and the answers that were shown', async () => {
  const race = raceOf(experiment, await eventsOf(tinyStudy(model, experiment, { inTurns: true })))!;
  expect(race.target.values).toEqual(
    ['0', '1', '2', '3', '4', '5', '6'].slice(0, race.target.values.length),
  );
  expect(race.base!.step).toBe(0);
  expect(race.lanes.map(({ arm, frames }) => [arm.name, frames.map(({ step }) => step)])).toEqual(
    ['soft', 'hard', 'hard 3'].map((name) => [name, [1, 2, 3, 4, 5]]),
  );
  const [soft, hard, hard3] = race.lanes;
  for (const { frames } of race.lanes) {
    for (const { probabilities, invalidMass, away, loss } of frames) {
      expect(probabilities.reduce((a, b) => a + b, 0) + invalidMass).toBeCloseTo(1, 5);
      expect(away).toBeGreaterThanOrEqual(0);
      expect(loss).toBeGreaterThan(0);
    }
  }
  // What the lanes were shown is what the seed says, the same for both with one answer a step.
  expect(soft!.shown).toEqual(hard!.shown);
  expect(hard!.shown.map((answers) => answers.length)).toEqual([1, 1, 1, 1, 1]);
  expect(hard3!.shown[2]).toEqual([
    ...answersOfStep(race.target.probabilities, 3, { seed: 3, step: 2, place: 0 }),
  ]);
  expect(hard3!.shown[2]).toHaveLength(3);
});

test('keeps the answers to what was not taught apart', async () => {
  const both = tinyExperiment({
    ...experiment,
    evaluation: { splits: ['train', 'test_unseen_params'] },
  });
  const events = await eventsOf(tinyStudy(model, both, { inTurns: true }));
  const race = raceOf(both, events)!;
  const rows = only(events, 'row').map(({ row }) => row);
  const unseen = rows.filter(({ split }) => split === 'test_unseen_params');
  expect(unseen).toHaveLength(4);
  for (const { arm, id, tv } of unseen) {
    expect(race.beyond!.target.id).toBe(id);
    expect(race.beyond!.ends[arm]!.away).toBe(tv);
  }
  for (const { arm, tv } of rows.filter(({ split }) => split === 'train')) {
    const end =
      arm === 'base' ? race.base : race.lanes.find((lane) => lane.arm.name === arm)!.frames.at(-1);
    expect(end!.away).toBe(tv);
  }
});

test('a follower that stops following ends both lanes', async () => {
  const before = tf.memory().numTensors;
  for await (const event of tinyStudy(model, experiment, { inTurns: true })) {
    if (event.type === 'step' && event.step === 2) break;
  }
  expect(tf.memory().numTensors).toBe(before);
});
