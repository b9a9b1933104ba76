// What draws promise: the softmax's distribution, and one token for one uniform number.
import { expect } from 'vitest';
import { randomStream } from '../../../src/core/random.ts';
import { chiSquareTail } from '../../../src/core/scoring/chi-square.ts';
import type { Matrix } from '../../../src/tensor/matrix.ts';
import { drawTokens, likeliestTokens } from '../../../src/tensor/ops/draw/draw.ts';
import type { HeadOptions } from '../../../src/tensor/ops/trie-loss/trie-loss.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { referenceHeadLogProbabilities } from './head.ts';
import { disposeMatrix, exactMatrix, f32Matrix, randomValues } from './tensors.ts';
import type { FormName } from './tensors.ts';

/** The largest f32 below 1. */
const ALMOST_ONE = 1 - 2 ** -24;

/**
 * Draws of three rows of logits, unequally many of each, are spread as the softmax says: the p-value
 * of each row's chi-square test is at least 1e-4. The stream is fixed, so this fails or does not.
 */
export async function checkDistribution(vocab: number, options: HeadOptions): Promise<void> {
  const before = tf.memory().numTensors;
  const [width, counts] = [5, [4000, 0, 9000]];
  const random = randomStream(9, vocab);
  const [x, table] = [randomValues(3 * width, random), randomValues(vocab * width, random)];
  const hidden = tf.tensor2d(x, [3, width]);
  const head = tf.tensor2d(table, [vocab, width]);
  const start = Int32Array.of(0, 4000, 4000, 13_000);
  const uniforms = Float32Array.from({ length: 13_000 }, () => (random.bits() >>> 8) / 2 ** 24);
  const draw = () => drawTokens(hidden, f32Matrix(head), start, uniforms, options);
  const tokens = await draw();
  expect(await draw()).toEqual(tokens);
  counts.forEach((count, row) => {
    const own = tokens.subarray(start[row], start[row + 1]);
    const of = x.subarray(row * width, (row + 1) * width);
    const p = referenceHeadLogProbabilities(of, table, options).map(Math.exp);
    if (count > 0) expect(chiSquareP(own, p)).toBeGreaterThan(1e-4);
    // Every uniform chose the token whose cumulative probability first exceeds it.
    let [cumulative, token] = [p[0]!, 0];
    const order = Array.from(own, (_, i) => i + start[row]!).sort(
      (a, b) => uniforms[a]! - uniforms[b]!,
    );
    for (const i of order) {
      while (cumulative <= uniforms[i]! && token < vocab - 1) cumulative += p[++token]!;
      const near = Math.min(cumulative - uniforms[i]!, uniforms[i]! - cumulative + p[token]!);
      if (near > 1e-5) expect(tokens[i], `uniform ${uniforms[i]}`).toBe(token);
    }
  });
  tf.dispose([hidden, head]);
  expect(tf.memory().numTensors).toBe(before);
}

/** Tokens expected fewer than five times count as one. */
function chiSquareP(tokens: Int32Array, p: Float64Array): number {
  const observed = new Float64Array(p.length);
  tokens.forEach((token) => observed[token]!++);
  const cells = [...p.keys()].filter((token) => p[token]! * tokens.length >= 5);
  const rare = [...p.keys()].filter((token) => p[token]! * tokens.length < 5);
  const sum = (values: Float64Array, ids: number[]) => ids.reduce((a, id) => a + values[id]!, 0);
  const pairs = cells.map((id) => [observed[id]!, p[id]! * tokens.length] as const);
  const others = sum(p, rare) * tokens.length;
  if (others >= 5) pairs.push([sum(observed, rare), others]);
  const statistic = pairs.reduce((total, [o, e]) => total + (o - e) ** 2 / e, 0);
  return chiSquareTail(statistic, pairs.length - 1);
}

/** A head whose logits are hidden[0] * values. */
const column = (values: readonly number[]): Matrix =>
  f32Matrix(tf.tensor2d([...values], [values.length, 1]));

/** The ends of the unit interval, borders between tokens, tokens without probability. */
export async function checkExactDraws(options: HeadOptions): Promise<void> {
  const before = tf.memory().numTensors;
  const hidden = tf.tensor2d([[1], [1]]);
  const draw = async (logits: readonly number[], uniforms: readonly number[]) => {
    const head = column(logits);
    // Rows are alike: the first has no draws, the second all.
    const start = Int32Array.of(0, 0, uniforms.length);
    const tokens = await drawTokens(hidden, head, start, Float32Array.from(uniforms), options);
    head.values.dispose();
    return [...tokens];
  };
  const below = (x: number) => x - 2 ** -20;
  // Four alike: the borders are 1/4, 1/2, 3/4 exactly, and a border belongs to the next token.
  expect(
    await draw(
      [2, 2, 2, 2],
      [0, below(0.25), 0.25, below(0.5), 0.5, below(0.75), 0.75, ALMOST_ONE],
    ),
  ).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
  // The outermost tokens have no probability at all.
  expect(await draw([-900, 5, 5, -900], [0, 0.25, 0.5, ALMOST_ONE])).toEqual([1, 1, 2, 2]);
  expect(await draw([-900, -900, -900, 3, -900], [0, 0.5, ALMOST_ONE])).toEqual([3, 3, 3]);
  expect(await draw([7], [0, ALMOST_ONE])).toEqual([0, 0]);
  // Rounding to f32 may turn a number below 1 into 1.
  expect(await draw([0, 0, -900], [1])).toEqual([1]);
  expect(await draw([0, 0], [])).toEqual([]);
  hidden.dispose();
  expect(tf.memory().numTensors).toBe(before);
}

/** The first of the largest logits, chunk borders or not. */
export async function checkLikeliest(options: HeadOptions): Promise<void> {
  const before = tf.memory().numTensors;
  const hidden = tf.tensor2d([[1], [-1], [0], [2]]);
  const head = column([-3, 4, 1, 4, -3, 4, -2]);
  expect([...(await likeliestTokens(hidden, head, options))]).toEqual([1, 0, 0, 1]);
  const random = randomStream(10, 'likeliest');
  const [rows, width, vocab] = [9, 6, 131];
  const [x, table] = [randomValues(rows * width, random), randomValues(vocab * width, random)];
  const inputs = [tf.tensor2d(x, [rows, width]), tf.tensor2d(table, [vocab, width])] as const;
  const tokens = await likeliestTokens(inputs[0], f32Matrix(inputs[1]), options);
  const expected = Array.from({ length: rows }, (_, row) => {
    const logP = referenceHeadLogProbabilities(
      x.subarray(row * width, (row + 1) * width),
      table,
      {},
    );
    return logP.indexOf(Math.max(...logP));
  });
  expect([...tokens]).toEqual(expected);
  tf.dispose([hidden, head.values, ...inputs]);
  expect(tf.memory().numTensors).toBe(before);
}

/** Draws and choices among 151,936 tokens of a stored format are those of double precision. */
export async function checkLargeVocabulary(format: FormName): Promise<void> {
  const before = tf.memory().numTensors;
  const [width, vocab] = [4, 151_936];
  const random = randomStream(14, format);
  const { matrix, values } = exactMatrix(format, vocab, width, random);
  const x = randomValues(2 * width, random).map((value) => 2 * value);
  const hidden = tf.tensor2d(x, [2, width]);
  const start = Int32Array.of(0, 40, 80);
  const uniforms = Float32Array.from({ length: 80 }, () => (random.bits() >>> 8) / 2 ** 24);
  const tokens = await drawTokens(hidden, matrix, start, uniforms);
  const likeliest = await likeliestTokens(hidden, matrix);
  for (const row of [0, 1]) {
    const p = referenceHeadLogProbabilities(x.subarray(row * width, (row + 1) * width), values, {});
    const most = p.reduce((a, b) => Math.max(a, b));
    expect(p[likeliest[row]!]).toBeGreaterThan(most - 1e-5);
    const sums = new Float64Array(vocab + 1);
    p.forEach((value, token) => (sums[token + 1] = sums[token]! + Math.exp(value)));
    for (let i = start[row]!; i < start[row + 1]!; i++) {
      const token = tokens[i]!;
      // Sums of so many f32 are off by a few millionths: a neighbour may be drawn.
      expect(uniforms[i]).toBeGreaterThan(sums[token]! - 1e-5);
      expect(uniforms[i]).toBeLessThan(sums[token + 1]! + 1e-5);
    }
  }
  hidden.dispose();
  disposeMatrix(matrix);
  expect(tf.memory().numTensors).toBe(before);
}

/** One pass, passes over the vocabulary, and a few rows at a time. */
export const PIECES: readonly HeadOptions[] = [
  {},
  { chunk: 2 },
  { chunk: 3, maxBytes: 4 * 3 },
  { softCap: 500 },
];
