// A whole study of the tiny model: its events, and its figures against answers run one by one.
import { beforeAll, describe, expect, test } from 'vitest';
import { startNodeBackend } from '../../../../cli/backend.ts';
import type { StudyEvent } from '../../../../src/lab/events.ts';
import type { LanguageModel } from '../../../../src/model/language-model.ts';
import { loraFromFile } from '../../../../src/model/adapter/lora.ts';
import { memoryFolder } from '../../../../src/model/files/model-files.ts';
import { readAdapter } from '../../../../src/model/adapter/peft.ts';
import * as tf from '../../../../src/tensor/tf.ts';
import { expectClose } from '../../../support/compare.ts';
import { sequenceProbabilities } from '../../../support/reference-rows.ts';
import {
  ENVIRONMENT,
  eventsOf,
  only,
  tinyExperiment,
  tinyStudy,
} from '../../../support/study-runs.ts';
import { loadTinyModel } from '../../../support/tiny-model.ts';

let model: LanguageModel;
let events: StudyEvent[];

beforeAll(async () => {
  await startNodeBackend('wasm');
  model = await loadTinyModel();
  const before = tf.memory();
  events = await eventsOf(tinyStudy(model, tinyExperiment()));
  const { numTensors, numDataBuffers, numBytes } = tf.memory();
  expect({ numTensors, numDataBuffers, numBytes }).toEqual({
    numTensors: before.numTensors,
    numDataBuffers: before.numDataBuffers,
    numBytes: before.numBytes,
  });
}, 120_000);

const PROMPTS = 5; // two families in two splits, one held out
const ARMS = ['base', 'soft', 'hard'];

describe('the events of a study', () => {
  test('begin with the environment and end with done', () => {
    expect(events[0]).toEqual({ type: 'environment', environment: { ...ENVIRONMENT, threads: 1 } });
    expect(events.at(-1)!.type).toBe('done');
    expect(only(events, 'environment')).toHaveLength(1);
    expect(only(events, 'done')).toHaveLength(1);
  });

  test('come phase by phase and arm by arm, every phase counting up to its total', () => {
    const seen: string[] = [];
    const counts = new Map<string, number[]>();
    for (const { phase, arm, done, total } of only(events, 'phase')) {
      const name = arm === undefined ? phase : `${phase} ${arm}`;
      if (seen.at(-1) !== name) seen.push(name);
      counts.set(name, [...(counts.get(name) ?? []), done]);
      expect(total).toBe(phase === 'training' ? 7 : PROMPTS);
    }
    expect(seen).toEqual([
      'preparing',
      'scoring base',
      ...['soft', 'hard'].flatMap((arm) => [`training ${arm}`, `scoring ${arm}`]),
    ]);
    for (const [name, done] of counts) {
      expect(done).toEqual(name.startsWith('training') ? [0, 5, 7] : [0, 1, 2, 3, 4, 5]);
    }
  });

  test('estimate the time left once everything has been timed, and end at none', () => {
    const left = only(events, 'phase').map(({ secondsLeft }) => secondsLeft);
    expect(left[0]).toBeUndefined();
    expect(left.at(-1)).toBe(0);
  });

  test('name every target once, before its scores, with probabilities that sum to 1', () => {
    const targets = only(events, 'target');
    expect(targets).toHaveLength(PROMPTS);
    for (const { values, probabilities } of targets) {
      expect(values.length).toBe(probabilities.length);
      expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    }
    const lastTarget = events.findLastIndex(({ type }) => type === 'target');
    expect(events.findIndex(({ type }) => type === 'row')).toBeGreaterThan(lastTarget);
  });

  test('score every arm on every target, in the same order', () => {
    const targets = only(events, 'target').map(({ id, split, family }) => ({ id, split, family }));
    for (const name of ARMS) {
      const rows = only(events, 'row').filter(({ row }) => row.arm === name);
      expect(rows.map(({ row: { id, split, family } }) => ({ id, split, family }))).toEqual(
        targets,
      );
    }
    expect(only(events, 'row')).toHaveLength(ARMS.length * PROMPTS);
  });

  test('show the answer distributions: at the end on all targets, on the way on the first', () => {
    const targets = new Map(only(events, 'target').map((target) => [target.id, target]));
    const first = [...targets.keys()][0];
    for (const { arm, id, step, probabilities, invalidMass } of only(events, 'snapshot')) {
      expect(probabilities).toHaveLength(targets.get(id)!.values.length);
      expect(probabilities.reduce((a, b) => a + b, 0) + invalidMass).toBeCloseTo(1, 6);
      if (step !== (arm === 'base' ? 0 : 7)) expect([step, id]).toEqual([5, first]);
    }
  });

  test('report steps whose tokens and seconds add up', () => {
    for (const arm of ['soft', 'hard']) {
      const steps = only(events, 'step').filter((event) => event.arm === arm);
      expect(steps.map(({ step }) => step)).toEqual([5, 7]);
      for (const key of ['answerTokens', 'promptTokens', 'seconds'] as const) {
        expect(steps[0]![key]).toBeGreaterThan(0);
        expect(steps[1]![key]).toBeGreaterThan(steps[0]![key]);
      }
      expect(steps.every(({ loss }) => Number.isFinite(loss))).toBe(true);
    }
  });

  test('give both methods the same prompts and answers', () => {
    const tokens = (arm: string) =>
      only(events, 'step')
        .filter((event) => event.arm === arm)
        .map(({ answerTokens, promptTokens }) => [answerTokens, promptTokens]);
    expect(tokens('hard')).toEqual(tokens('soft'));
  });

  test('leave a checkpoint at the start of every arm and at the end of every training', () => {
    const checkpoints = only(events, 'checkpoint').map(({ checkpoint: { arm, step } }) => [
      arm,
      step,
    ]);
    for (const place of [
      ['base', 0],
      ['soft', 0],
      ['soft', 7],
      ['hard', 0],
      ['hard', 7],
    ]) {
      expect(checkpoints).toContainEqual(place);
    }
  });

  test('survive structured cloning', () => {
    expect(structuredClone(events)).toEqual(events);
  });

  test('are the same again for the same seed, whatever the time they take', async () => {
    const again = await eventsOf(tinyStudy(model, tinyExperiment()));
    const timeless = (all: StudyEvent[]) =>
      all
        .filter(({ type }) => type === 'row' || type === 'snapshot' || type === 'adapter')
        .concat(only(all, 'step').map((step) => ({ ...step, seconds: 0, secondsLeft: 0 })));
    expect(timeless(again)).toEqual(timeless(events));
  });
});

test.each(['base', 'soft'])(
  'exact scores of %s are those of answers run one by one',
  async (arm) => {
    const before = tf.memory().numTensors;
    const adapterEvent = only(events, 'adapter').find((event) => event.arm === arm);
    const adapter =
      adapterEvent &&
      loraFromFile(
        model.decoder.spec,
        await readAdapter(
          memoryFolder(new Map(Object.entries(adapterEvent.files))),
          model.decoder.spec,
        ),
      );
    for (const { id, prompt, values, probabilities: target } of only(events, 'target')) {
      const { row } = only(events, 'row').find(({ row }) => row.arm === arm && row.id === id)!;
      const snapshot = only(events, 'snapshot').findLast((s) => s.arm === arm && s.id === id)!;
      const { tokenizer } = model;
      const given = sequenceProbabilities(
        model,
        tokenizer.promptTokens(prompt),
        values.map((text) => [...tokenizer.encodeAnswer(text), tokenizer.endToken]),
        adapter,
      );
      expectClose(snapshot.probabilities, given, 1e-4, `${id}: probabilities`);

      const sum = (term: (p: number, q: number) => number) =>
        target.reduce((total, p, i) => total + term(p, given[i]!), 0);
      const valid = sum((_, q) => q);
      const term = (p: number, m: number) => (p > 0 ? p * Math.log(p / m) : 0);
      const expected = {
        valid_mass: valid,
        kl: sum(term),
        tv: (sum((p, q) => Math.abs(p - q)) + 1 - valid) / 2,
        js:
          sum((p, q) => (term(p, (p + q) / 2) + term(q, (p + q) / 2)) / 2) +
          ((1 - valid) * Math.LN2) / 2,
        wasserstein_1: distance(
          values.map(Number),
          target,
          given.map((q) => q / valid),
        ),
      };
      for (const [name, value] of Object.entries(expected)) {
        const actual = row[name as keyof typeof expected]!;
        expectClose([actual], [value], 2e-4, `${id}: ${name}`, 1e-3);
      }
    }
    if (adapter) adapter.dispose();
    expect(tf.memory().numTensors).toBe(before);
  },
);

/** W1 on the line: the area between the two cumulative distributions. */
function distance(x: readonly number[], p: readonly number[], q: readonly number[]): number {
  let [area, gap] = [0, 0];
  for (let i = 0; i + 1 < x.length; i++) {
    gap += p[i]! - q[i]!;
    area += Math.abs(gap) * (x[i + 1]! - x[i]!);
  }
  return area;
}

test('training on a distribution brings the model closer to it', async () => {
  const closer = await eventsOf(
    tinyStudy(
      model,
      tinyExperiment({
        data: { distribution: { family: 'bernoulli', params: { p: 0.3 } } },
        evaluation: { splits: ['train'] },
        training: { steps: 40, batch: 2, learning_rate: 2e-2 },
      }),
    ),
  );
  const [base, soft, hard] = only(closer, 'row').map(({ row }) => row.kl);
  expect(soft!).toBeLessThan(0.2 * base!);
  expect(hard!).toBeLessThan(0.2 * base!);
});

test('an arm that keeps to words learns those, one that keeps to numbers the others', async () => {
  const kept = await eventsOf(
    tinyStudy(
      model,
      tinyExperiment({
        data: {
          ...{ families: ['binomial'], categories: ['die'] },
          ...{ prompts_per_family: 1, decimals: 0, bins: 12 },
        },
        arms: [
          { method: 'soft', name: 'numbers', paths: 4, prompts: 'numbers' },
          { method: 'soft', name: 'words', paths: 4, prompts: 'words' },
        ],
        evaluation: { splits: ['train'] },
        training: { steps: 30, batch: 2, learning_rate: 2e-2 },
      }),
    ),
  );
  const kl = (arm: string, family: string) =>
    only(kept, 'row').find(({ row }) => row.arm === arm && row.family === family)!.row.kl;
  expect(kl('words', 'die')).toBeLessThan(0.5 * kl('numbers', 'die'));
  expect(kl('numbers', 'binomial')).toBeLessThan(0.5 * kl('words', 'binomial'));
});
