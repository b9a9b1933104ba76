// What the fused loss promises beyond its values: pieces change nothing, one seed has one result.
import { expect } from 'vitest';
import { randomStream } from '../../../src/core/random.ts';
import type { RandomStream } from '../../../src/core/random.ts';
import { targetLogProbabilities, trieLoss } from '../../../src/tensor/ops/trie-loss/trie-loss.ts';
import type { HeadOptions, SparseTargets } from '../../../src/tensor/ops/trie-loss/trie-loss.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { expectClose } from '../compare.ts';
import { randomTargets } from '../random-inputs.ts';
import { referenceHeadLogProbabilities } from './head.ts';
import { disposeMatrix, exactMatrix, f32Matrix, randomValues } from './tensors.ts';
import type { FormName } from './tensors.ts';

export interface LossSizes {
  readonly rows: number;
  readonly width: number;
  readonly vocab: number;
}

function inputsOf({ rows, width, vocab }: LossSizes) {
  const random = randomStream(5, rows, width, vocab);
  return {
    hidden: randomValues(rows * width, random),
    head: randomValues(vocab * width, random),
    targets: randomTargets(rows, vocab, random),
  };
}

/** Loss and gradients in pieces equal those of a single pass, and the same pieces give the same bits. */
export async function checkPieces(
  sizes: LossSizes,
  pieces: HeadOptions,
  tolerance: number,
  logits: HeadOptions = { temperature: 0.8 },
): Promise<void> {
  const { rows, width, vocab } = sizes;
  const values = inputsOf(sizes);
  const before = tf.memory().numTensors;
  const run = async (options: HeadOptions) => {
    const tensors = tf.tidy(() => {
      const hidden = tf.tensor2d(values.hidden, [rows, width]);
      const head = f32Matrix(tf.tensor2d(values.head, [vocab, width]));
      const { loss, gradient } = trieLoss(hidden, head, values.targets, 'kl', options);
      const { dHidden, dHead } = gradient(0.5, true);
      return [loss, dHidden, dHead!] as tf.Tensor[];
    });
    const data = await Promise.all(tensors.map((tensor) => tensor.data()));
    tf.dispose(tensors);
    return data;
  };
  const whole = await run(logits);
  const cut = await run({ ...logits, ...pieces });
  for (const [i, what] of ['loss', 'dHidden', 'dHead'].entries()) {
    // A loss is what is left of logarithms of about 1, to which their rounding is relative.
    const floor = what === 'loss' ? 1 : 0;
    expectClose(cut[i]!, whole[i]!, tolerance, `${what} by ${JSON.stringify(pieces)}`, floor);
  }
  expect(await run({ ...logits, ...pieces })).toEqual(cut);
  expect(tf.memory().numTensors).toBe(before);
}

/**
 * A vocabulary of one token: its probability is 1, so loss, gradients and log-probabilities are 0,
 * but for the rounding of log-sum-exp against logits of a few units.
 */
export async function checkOnlyToken(
  { rows, width }: Omit<LossSizes, 'vocab'>,
  options: HeadOptions,
  bound: number,
): Promise<void> {
  const values = inputsOf({ rows, width, vocab: 1 });
  const before = tf.memory().numTensors;
  const hidden = tf.tensor2d(values.hidden, [rows, width]);
  const head = f32Matrix(tf.tensor2d(values.head, [1, width]));
  const tensors = tf.tidy(() => {
    const { loss, gradient } = trieLoss(hidden, head, values.targets, 'kl', options);
    const { dHidden, dHead } = gradient(0.5, true);
    return [loss, dHidden, dHead!] as tf.Tensor[];
  });
  const results: ArrayLike<number>[] = await Promise.all(tensors.map((tensor) => tensor.data()));
  results.push(await targetLogProbabilities(hidden, head, values.targets, options));
  for (const [i, what] of ['loss', 'dHidden', 'dHead', 'log-probabilities'].entries()) {
    const zeros = new Float32Array(results[i]!.length);
    expectClose(results[i]!, zeros, bound, `${what} of the only token`, 1);
  }
  tf.dispose([hidden, tensors]);
  disposeMatrix(head);
  expect(tf.memory().numTensors).toBe(before);
}

/** The log-probability of each listed token, from one pass or several. */
export async function checkTargetLogProbabilities(
  sizes: LossSizes,
  options: HeadOptions,
  tolerance: number,
): Promise<void> {
  const { rows, width, vocab } = sizes;
  const { hidden, head, targets } = inputsOf(sizes);
  const before = tf.memory().numTensors;
  const x = tf.tensor2d(hidden, [rows, width]);
  const table = tf.tensor2d(head, [vocab, width]);
  const actual = await targetLogProbabilities(x, f32Matrix(table), targets, options);
  const expected = Array.from({ length: rows }, (_, row) => {
    const of = hidden.subarray(row * width, (row + 1) * width);
    const logP = referenceHeadLogProbabilities(of, head, options);
    const tokens = targets.token.subarray(targets.start[row]!, targets.start[row + 1]!);
    return Array.from(tokens, (token) => logP[token]!);
  }).flat();
  expectClose(actual, expected, tolerance, `log-probabilities of ${rows} rows`);
  tf.dispose([x, table]);
  expect(tf.memory().numTensors).toBe(before);
}

/**
 * A head in a stored format, frozen: loss, gradient of the hidden states and log-probabilities
 * against double precision, which is as quick for a large vocabulary as for a small one.
 */
export async function checkLargeHead(
  format: FormName,
  vocab: number,
  options: HeadOptions,
  tolerance: number,
): Promise<void> {
  const [rows, width] = [3, 12];
  const before = tf.memory().numTensors;
  const random = randomStream(13, format, vocab);
  const { matrix, values } = exactMatrix(format, vocab, width, random);
  const hidden = randomValues(rows * width, random);
  const targets = sparseTargets(rows, vocab, random);
  const x = tf.tensor2d(hidden, [rows, width]);
  const [loss, dHidden] = tf.tidy(() => {
    const result = trieLoss(x, matrix, targets, 'cross-entropy', options);
    return [result.loss, result.gradient(0.5, false).dHidden];
  });
  const logP = await targetLogProbabilities(x, matrix, targets, options);
  const expected = referenceLoss(hidden, values, targets, width, options);
  const what = `${format} head of ${vocab}`;
  expectClose(await loss.data(), [expected.loss], tolerance, `${what}: loss`);
  expectClose(logP, expected.logP, tolerance, `${what}: log-probabilities`);
  const slopes = expected.dHidden.map((slope) => slope / 2);
  expectClose(await dHidden.data(), slopes, tolerance, `${what}: dHidden`);
  tf.dispose([x, loss, dHidden]);
  disposeMatrix(matrix);
  expect(tf.memory().numTensors).toBe(before);
}

/** The first and the last token are among them. */
function sparseTargets(rows: number, vocab: number, random: RandomStream): SparseTargets {
  const perRow = 5;
  return {
    weight: Float32Array.from({ length: rows }, (_, row) => 1 / (row + 1)),
    start: Int32Array.from({ length: rows + 1 }, (_, row) => perRow * row),
    token: Int32Array.from({ length: perRow * rows }, (_, i) =>
      i === 0 ? 0 : i === 1 ? vocab - 1 : random.integer(vocab),
    ),
    probability: new Float32Array(perRow * rows).fill(1 / perRow),
  };
}

function referenceLoss(
  hidden: Float32Array,
  head: Float32Array,
  { weight, start, token, probability }: SparseTargets,
  width: number,
  options: HeadOptions,
) {
  const { temperature = 1, softCap = Infinity } = options;
  let loss = 0;
  const logP: number[] = [];
  const dHidden = new Float64Array(hidden.length);
  weight.forEach((w, row) => {
    const of = hidden.subarray(row * width, (row + 1) * width);
    const all = referenceHeadLogProbabilities(of, head, options);
    const slopes = all.map((value) => w * Math.exp(value));
    for (let i = start[row]!; i < start[row + 1]!; i++) {
      logP.push(all[token[i]!]!);
      loss -= w * probability[i]! * all[token[i]!]!;
      slopes[token[i]!]! -= w * probability[i]!;
    }
    slopes.forEach((slope, id) => {
      const entries = head.subarray(id * width, (id + 1) * width);
      const dot = entries.reduce((sum, v, j) => sum + v * of[j]!, 0);
      const bend = softCap === Infinity ? 1 : 1 - Math.tanh(dot / softCap) ** 2;
      entries.forEach((v, j) => (dHidden[row * width + j]! += (slope * bend * v) / temperature));
    });
  });
  return { loss, logP, dHidden };
}
