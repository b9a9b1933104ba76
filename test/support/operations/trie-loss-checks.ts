// What the fused loss promises beyond its values: pieces change nothing, one seed has one result.
import { expect } from 'vitest';
import { randomStream } from '../../../src/core/random.ts';
import { targetLogProbabilities, trieLoss } from '../../../src/tensor/ops/trie-loss/trie-loss.ts';
import type { HeadOptions } from '../../../src/tensor/ops/trie-loss/trie-loss.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { expectClose } from '../compare.ts';
import { randomTargets } from '../random-inputs.ts';
import { referenceHeadLogProbabilities } from './head.ts';
import { f32Matrix, randomValues } from './tensors.ts';

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
  const whole = await run({ temperature: 0.8 });
  const cut = await run({ temperature: 0.8, ...pieces });
  for (const [i, what] of ['loss', 'dHidden', 'dHead'].entries()) {
    expectClose(cut[i]!, whole[i]!, tolerance, `${what} by ${JSON.stringify(pieces)}`);
  }
  expect(await run({ temperature: 0.8, ...pieces })).toEqual(cut);
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
