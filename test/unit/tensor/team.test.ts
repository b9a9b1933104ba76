// Products that threads take parts of: the same to the last bit as on one thread, and never waited for in vain.
import { Worker } from 'node:worker_threads';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { startNodeHelper } from '../../../cli/lanes/node-threads.ts';
import { randomStream } from '../../../src/core/random.ts';
import { toCodedMatrix, toF32Matrix } from '../../../src/tensor/make-matrix.ts';
import { tensorsOf, type Matrix } from '../../../src/tensor/matrix.ts';
import { quantised } from '../../../src/tensor/quantise.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { sharesHeap } from '../../../src/tensor/wasm/heap.ts';
import type { HelperSetup } from '../../../src/tensor/wasm/product-parts.ts';
import { ProductTeam, shareProducts } from '../../../src/tensor/wasm/team.ts';
import { multiplyInto, operandOf, wholeOf } from '../../../src/tensor/wasm/product.ts';

const random = randomStream(11, 'team');
const randomFloats = (count: number) =>
  Float32Array.from({ length: count }, () => random.uniform() - 0.5);

const isSame = (y: tf.Tensor, other: tf.Tensor) =>
  Buffer.from(y.dataSync().buffer).equals(Buffer.from(other.dataSync().buffer));

let team: ProductTeam | undefined;
beforeAll(async () => void (await startNodeBackend('wasm')), 60_000);
afterEach(() => {
  shareProducts(undefined);
  team?.dispose();
});

const SIZES = [
  [64, 576, 768],
  [61, 768, 576],
  [200, 416, 352],
  [130, 192, 992],
] as const;

test('the heap is shared', () => expect(sharesHeap()).toBe(true));

const coded = (bits: 4 | 8) => (rows: number, columns: number) => {
  const form = { bits, block: 32, hasMinimums: bits === 4 } as const;
  return toCodedMatrix(quantised(randomFloats(rows * columns), rows, columns, form));
};
const WEIGHTS: readonly [string, (rows: number, columns: number) => Matrix][] = [
  ['f32', (rows, columns) => toF32Matrix(randomFloats(rows * columns), rows, columns)],
  ['4 bits', coded(4)],
  ['8 bits', coded(8)],
];

test.each(WEIGHTS)(
  'products with a weight of %s are the same for any number of threads',
  async (_, weightOf) => {
    for (const [n, k, m] of SIZES) {
      const weight = weightOf(m, k);
      const x = tf.tensor2d(randomFloats(n * k), [n, k]);
      const dy = tf.tensor2d(randomFloats(n * m), [n, m]);
      // Added to what is there, as half the product: all that a part has to heed.
      const product = (a: tf.Tensor2D, columns: number, byRows: boolean) => {
        const c = tf.ones([n, columns]) as tf.Tensor2D;
        multiplyInto(wholeOf(c), wholeOf(a), operandOf(weight), {
          byRows,
          factor: 0.5,
          adds: true,
        });
        return c;
      };
      const both = () => [product(x, m, true), product(dy, k, false)];
      const alone = both();
      for (const helpers of [1, 3]) {
        team = new ProductTeam(helpers, startNodeHelper);
        // Helpers wake at their own pace: many rounds meet some of them late.
        for (let round = 0; round < 6; round++) {
          shareProducts(team);
          const shared = both();
          shareProducts(undefined);
          shared.forEach((y, i) => expect(isSame(y, alone[i]!)).toBe(true));
          tf.dispose(shared);
          await new Promise((resolve) => setTimeout(resolve, round % 3 === 0 ? 5 : 0));
        }
        team.dispose();
      }
      tf.dispose([...alone, x, dy, ...tensorsOf(weight)]);
    }
  },
  120_000,
);

/** A helper that takes a part and is never heard of again. */
const FAITHLESS = `
  const { workerData: { memory, work } } = require('node:worker_threads');
  const words = new Int32Array(memory.buffer, work, 20);
  const isFree = (free) => free % 4096 < Math.floor(free / 4096);
  while (!isFree(Atomics.load(words, 1)) || !isFree(Atomics.add(words, 1, 1)));
`;

test('a helper that is lost ends the product, and the next one is computed without any', async () => {
  const [n, k, m] = [64, 576, 1536];
  const weight = toF32Matrix(randomFloats(m * k), m, k);
  const x = tf.tensor2d(randomFloats(n * k), [n, k]);
  const product = () => {
    const c = tf.zeros([n, m]) as tf.Tensor2D;
    multiplyInto(wholeOf(c), wholeOf(x), operandOf(weight), { byRows: true });
    return c.dataSync();
  };
  const alone = product();
  const start = (workerData: HelperSetup) => {
    const worker = new Worker(FAITHLESS, { eval: true, workerData });
    return () => void worker.terminate();
  };
  team = new ProductTeam(1, start, 200);
  await new Promise((resolve) => setTimeout(resolve, 500));
  shareProducts(team);
  expect(() => {
    for (let i = 0; i < 50; i++) product();
  }).toThrow('gone');
  expect(product()).toEqual(alone);
});

test('a team that is disposed of takes no part in what is still computed', () => {
  team = new ProductTeam(1, startNodeHelper);
  expect(team.takes(64, 576, 1536)).toBe(true);
  team.dispose();
  expect(team.takes(64, 576, 1536)).toBe(false);
});

test('helpers that never come are not missed', () => {
  const weight = toF32Matrix(randomFloats(960 * 576), 960, 576);
  const x = tf.tensor2d(randomFloats(64 * 576), [64, 576]);
  const c = tf.zeros([64, 960]) as tf.Tensor2D;
  team = new ProductTeam(2, () => () => {});
  shareProducts(team);
  multiplyInto(wholeOf(c), wholeOf(x), operandOf(weight), { byRows: true });
  expect(tf.max(tf.abs(c)).dataSync()[0]).toBeGreaterThan(0);
});
