// AdamW against its formulas in double precision.
import { beforeAll, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { randomStream } from '../../../src/core/random.ts';
import type { Parameters } from '../../../src/model/parameters.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { AdamW } from '../../../src/training/adamw.ts';
import type { AdamWOptions } from '../../../src/training/adamw.ts';
import { expectClose } from '../../support/compare.ts';

beforeAll(async () => {
  await startNodeBackend('wasm');
}, 60_000);

const SHAPES = { matrix: [3, 5], norm: [4], single: [1, 1] } as const;
const NAMES = Object.keys(SHAPES) as (keyof typeof SHAPES)[];
const OPTIONS: AdamWOptions = { beta1: 0.8, beta2: 0.95, epsilon: 1e-6, weightDecay: 0.3 };
const STEPS = 7;
const rateOf = (step: number) => 0.02 / step;

const sizeOf = (name: keyof typeof SHAPES) => SHAPES[name].reduce((a: number, b) => a * b, 1);
const total = NAMES.reduce((sum, name) => sum + sizeOf(name), 0);
const noise = (name: string, n: number) => {
  const random = randomStream(3, name);
  return Float32Array.from({ length: n }, () => random.normal());
};
const gradientOf = (step: number) => noise(`gradient ${step}`, total);

function freshParameters(): Parameters {
  return new Map(NAMES.map((n) => [n, tf.tensor(noise(n, sizeOf(n)), [...SHAPES[n]])]));
}

/** [total] after all steps. */
function referenceRun({ beta1, beta2, epsilon, weightDecay, decays }: AdamWOptions): Float64Array {
  const p = Float64Array.from(NAMES.flatMap((name) => [...noise(name, sizeOf(name))]));
  const decaying = NAMES.flatMap((name) =>
    new Array<number>(sizeOf(name)).fill(decays?.(name) === false ? 0 : 1),
  );
  const [m, v] = [new Float64Array(total), new Float64Array(total)];
  for (let step = 1; step <= STEPS; step++) {
    const rate = rateOf(step);
    gradientOf(step).forEach((g, i) => {
      m[i] = beta1 * m[i]! + (1 - beta1) * g;
      v[i] = beta2 * v[i]! + (1 - beta2) * g * g;
      const [mHat, vHat] = [m[i]! / (1 - beta1 ** step), v[i]! / (1 - beta2 ** step)];
      p[i]! *= 1 - rate * weightDecay * decaying[i]!;
      p[i]! -= (rate * mHat) / (Math.sqrt(vHat) + epsilon);
    });
  }
  return p;
}

function step(optimizer: AdamW, number: number): void {
  tf.tidy(() => optimizer.apply(tf.tensor1d(gradientOf(number)), rateOf(number)));
}

const valuesOf = (parameters: Parameters) =>
  NAMES.flatMap((n) => [...parameters.get(n)!.dataSync()]);

test.each([
  ['all parameters decay', OPTIONS],
  ['some decay', { ...OPTIONS, decays: (name: string) => name !== 'norm' }],
  ['none decays', { ...OPTIONS, decays: () => false }],
  ['without decay', { ...OPTIONS, weightDecay: 0 }],
])('%s', (_, options) => {
  const before = tf.memory().numTensors;
  const parameters = freshParameters();
  const optimizer = new AdamW(parameters, NAMES, options);
  const held = tf.memory().numTensors;
  for (let number = 1; number <= STEPS; number++) step(optimizer, number);
  expectClose(valuesOf(parameters), referenceRun(options), 1e-6, 'parameters');
  for (const name of NAMES) expect(parameters.get(name)!.shape).toEqual(SHAPES[name]);
  expect(tf.memory().numTensors).toBe(held);
  optimizer.dispose();
  tf.dispose([...parameters.values()]);
  expect(tf.memory().numTensors).toBe(before);
});

test('goes on from a stored state to the same bits', async () => {
  const parameters = freshParameters();
  const first = new AdamW(parameters, NAMES, OPTIONS);
  for (let number = 1; number <= 3; number++) step(first, number);
  const state = structuredClone(await first.state());
  const copies: Parameters = new Map([...parameters].map(([name, t]) => [name, t.clone()]));
  const second = new AdamW(copies, NAMES, OPTIONS, state);
  for (let number = 4; number <= STEPS; number++) {
    step(first, number);
    step(second, number);
  }
  expect(valuesOf(copies)).toEqual(valuesOf(parameters));
  expect((await second.state()).step).toBe(STEPS);
});

test('trains only the parameters it is given', () => {
  const parameters = freshParameters();
  const single = parameters.get('single')!;
  const optimizer = new AdamW(parameters, ['matrix', 'norm'], OPTIONS);
  tf.tidy(() => optimizer.apply(tf.ones([total - 1]), 0.1));
  expect(parameters.get('single')).toBe(single);
  expect(parameters.get('norm')!.dataSync()).not.toEqual(noise('norm', 4));
});
