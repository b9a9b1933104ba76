// What the fused loss promises beyond its values: chunks change nothing, unweighted rows count nothing.
import { expect } from 'vitest';
import { randomStream } from '../../src/core/random.ts';
import { targetLogProbabilities, trieLoss } from '../../src/tensor/ops/trie-loss.ts';
import type { HeadOptions } from '../../src/tensor/ops/trie-loss.ts';
import * as tf from '../../src/tensor/tf.ts';
import { expectClose } from './compare.ts';
import { randomTargets } from './random-inputs.ts';
import { referenceLogProbabilities } from './reference-operations.ts';

export interface LossSizes {
  readonly rows: number;
  readonly width: number;
  readonly vocab: number;
}

function inputsOf({ rows, width, vocab }: LossSizes) {
  const random = randomStream(5, rows, width, vocab);
  const draw = (n: number) => Float32Array.from({ length: n }, () => random.normal());
  return {
    hidden: draw(rows * width),
    head: draw(vocab * width),
    targets: randomTargets(rows, vocab, random),
  };
}

/** Loss and gradients of vocabulary passes of `chunk` entries equal those of a single pass. */
export async function checkChunks(
  sizes: LossSizes,
  chunk: number,
  tolerance: number,
): Promise<void> {
  const { rows, width, vocab } = sizes;
  const values = inputsOf(sizes);
  const before = tf.memory().numTensors;
  const run = async (options: HeadOptions) => {
    const tensors = tf.tidy(() => {
      const hidden = tf.tensor2d(values.hidden, [rows, width]);
      const head = tf.tensor2d(values.head, [vocab, width]);
      const { loss, gradient } = trieLoss(hidden, head, values.targets, 'kl', options);
      const { dHidden, dHead } = gradient(0.5, true);
      return [loss, dHidden, dHead!] as tf.Tensor[];
    });
    const data = await Promise.all(tensors.map((tensor) => tensor.data()));
    tf.dispose(tensors);
    return data;
  };
  const whole = await run({ temperature: 0.8, chunk: vocab });
  const pieces = await run({ temperature: 0.8, chunk });
  for (const [i, what] of ['loss', 'dHidden', 'dHead'].entries()) {
    expectClose(pieces[i]!, whole[i]!, tolerance, `${what} of ${vocab} in chunks of ${chunk}`);
  }
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
  const tensors = [tf.tensor2d(hidden, [rows, width]), tf.tensor2d(head, [vocab, width])] as const;
  const actual = await targetLogProbabilities(...tensors, targets, options);
  const expected = Array.from({ length: rows }, (_, row) => {
    const of = Float64Array.from(hidden.subarray(row * width, (row + 1) * width));
    const logP = referenceLogProbabilities(of, Float64Array.from(head), options.temperature ?? 1);
    const tokens = targets.token.subarray(targets.start[row]!, targets.start[row + 1]!);
    return Array.from(tokens, (token) => logP[token]!);
  }).flat();
  expectClose(actual, expected, tolerance, `log-probabilities of ${rows} rows`);
  tf.dispose(tensors as unknown as tf.Tensor[]);
  expect(tf.memory().numTensors).toBe(before);
}
