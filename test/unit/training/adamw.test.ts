// AdamW against its formulas in double precision, on weights of many names and on an adapter.
import { beforeAll, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { randomStream } from '../../../src/core/random.ts';
import type { LanguageModel } from '../../../src/model/language-model.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { AdamW } from '../../../src/training/adamw.ts';
import type { AdamWOptions } from '../../../src/training/adamw.ts';
import { AdapterValues, WeightValues } from '../../../src/training/trained-values.ts';
import type { TrainedValues } from '../../../src/training/trained-values.ts';
import { expectClose } from '../../support/compare.ts';
import { loadTinyModel } from '../../support/tiny-model.ts';
import { tinyLora } from '../../support/training-runs.ts';

beforeAll(async () => {
  await startNodeBackend('wasm');
}, 60_000);

const OPTIONS: AdamWOptions = { beta1: 0.8, beta2: 0.95, epsilon: 1e-6, weightDecay: 0.3 };
const STEPS = 4;
const rateOf = (step: number) => 0.02 / step;

const gradientOf = (step: number, total: number) => {
  const random = randomStream(3, 'gradient', step);
  return Float32Array.from({ length: total }, () => random.normal());
};

/** [total] after all steps from `start`. */
function referenceRun(
  start: ArrayLike<number>,
  sizes: TrainedValues['sizes'],
  { beta1, beta2, epsilon, weightDecay, decays }: AdamWOptions,
): Float64Array {
  const p = Float64Array.from(start);
  const decaying = sizes.flatMap(([name, size]) =>
    new Array<number>(size).fill(decays?.(name) === false ? 0 : 1),
  );
  const [m, v] = [new Float64Array(p.length), new Float64Array(p.length)];
  for (let step = 1; step <= STEPS; step++) {
    const rate = rateOf(step);
    gradientOf(step, p.length).forEach((g, i) => {
      m[i] = beta1 * m[i]! + (1 - beta1) * g;
      v[i] = beta2 * v[i]! + (1 - beta2) * g * g;
      const [mHat, vHat] = [m[i]! / (1 - beta1 ** step), v[i]! / (1 - beta2 ** step)];
      p[i]! *= 1 - rate * weightDecay * decaying[i]!;
      p[i]! -= (rate * mHat) / (Math.sqrt(vHat) + epsilon);
    });
  }
  return p;
}

function step(optimizer: AdamW, total: number, number: number): void {
  tf.tidy(() => optimizer.apply(tf.tensor1d(gradientOf(number, total)), rateOf(number)));
}

async function flatValues(values: TrainedValues): Promise<number[]> {
  const named = await values.read();
  return values.sizes.flatMap(([name]) => [...named.get(name)!.values]);
}

const decayKinds: [string, AdamWOptions][] = [
  ['all parameters decay', OPTIONS],
  ['some decay', { ...OPTIONS, decays: (name) => !/norm/i.test(name) }],
  ['none decays', { ...OPTIONS, decays: () => false }],
  ['without decay', { ...OPTIONS, weightDecay: 0 }],
];

test.each(decayKinds)('all weights of a model: %s', async (_, options) => {
  const before = tf.memory().numTensors;
  const { decoder } = await loadTinyModel();
  const values = new WeightValues(decoder);
  const start = await flatValues(values);
  const optimizer = new AdamW(values, options);
  step(optimizer, start.length, 1);
  const held = tf.memory().numTensors; // the first step lets go of the transposes
  for (let number = 2; number <= STEPS; number++) step(optimizer, start.length, number);
  const expected = referenceRun(start, values.sizes, options);
  expectClose(await flatValues(values), expected, 1e-6, 'parameters');
  expectClose(await values.flat().data(), expected, 1e-6, 'flat parameters');
  expect(tf.memory().numTensors).toBe(held);
  optimizer.dispose();
  values.dispose();
  decoder.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('an adapter', async () => {
  const model: LanguageModel = await loadTinyModel();
  const before = tf.memory().numTensors;
  const adapter = tinyLora(model);
  const values = new AdapterValues(adapter);
  const start = await flatValues(values);
  const optimizer = new AdamW(values, OPTIONS);
  for (let number = 1; number <= STEPS; number++) step(optimizer, start.length, number);
  expectClose(
    await adapter.values.data(),
    referenceRun(start, values.sizes, OPTIONS),
    1e-6,
    'values',
  );
  optimizer.dispose();
  adapter.dispose();
  expect(tf.memory().numTensors).toBe(before);
  model.decoder.dispose();
});

test('goes on from a stored state to the same bits', async () => {
  const model = await loadTinyModel();
  const [adapter, copy] = [tinyLora(model), tinyLora(model, 5)];
  const [values, copied] = [new AdapterValues(adapter), new AdapterValues(copy)];
  const total = adapter.values.size;
  const first = new AdamW(values, OPTIONS);
  for (let number = 1; number <= 2; number++) step(first, total, number);
  const state = structuredClone(await first.state());
  copied.write(await values.read());
  const second = new AdamW(copied, OPTIONS, state);
  for (let number = 3; number <= STEPS; number++) {
    step(first, total, number);
    step(second, total, number);
  }
  expect(await copy.values.data()).toEqual(await adapter.values.data());
  expect((await second.state()).step).toBe(STEPS);
});
