// The fused loss as an operation under test, with temperatures, caps and passes of any size.
import { randomStream } from '../../../src/core/random.ts';
import { trieLoss } from '../../../src/tensor/ops/trie-loss/trie-loss.ts';
import type { HeadOptions, LossKind } from '../../../src/tensor/ops/trie-loss/trie-loss.ts';
import * as tf from '../../../src/tensor/tf.ts';
import type { Operation } from '../operation.ts';
import { randomTargets } from '../random-inputs.ts';
import { referenceHeadLogProbabilities } from './head.ts';
import { f32Matrix } from './tensors.ts';

export function trieLossOn(
  [rows, width, vocab]: readonly [number, number, number],
  kind: LossKind,
  options: HeadOptions,
): Operation {
  const settings = Object.entries(options).map(([name, value]) => `, ${name} ${value}`);
  const name = `trieLoss ${kind} [${rows}, ${width}] x ${vocab}${settings.join('')}`;
  const targets = randomTargets(rows, vocab, randomStream(4, name));
  const { weight, start, token, probability } = targets;
  const run = (hidden: tf.Tensor, head: tf.Tensor) =>
    trieLoss(hidden as tf.Tensor2D, f32Matrix(head as tf.Tensor2D), targets, kind, options);
  return {
    name,
    inputs: [
      [rows, width],
      [vocab, width],
    ],
    reference: (hidden, head) => {
      let loss = 0;
      weight.forEach((w, row) => {
        const of = hidden.subarray(row * width, (row + 1) * width);
        const logP = referenceHeadLogProbabilities(of, head, options);
        for (let i = start[row]!; i < start[row + 1]!; i++) {
          const t = probability[i]!;
          loss += w * t * ((kind === 'kl' ? Math.log(t) : 0) - logP[token[i]!]!);
        }
      });
      return Float64Array.of(loss);
    },
    forward: (hidden, head) => run(hidden, head).loss,
    backward: (dy, hidden, head) => {
      const [factor] = dy.dataSync();
      const { dHidden, dHead } = run(hidden, head).gradient(factor!, true);
      return [dHidden, dHead!];
    },
    taped: (hidden, head) => {
      const dense = new Float32Array(rows * vocab);
      for (let row = 0; row < rows; row++) {
        for (let i = start[row]!; i < start[row + 1]!; i++) {
          dense[row * vocab + token[i]!]! += probability[i]! * weight[row]!;
        }
      }
      const { temperature = 1, softCap } = options;
      const product = tf.matMul(hidden as tf.Tensor2D, head as tf.Tensor2D, false, true);
      const logits = softCap ? tf.mul(tf.tanh(tf.div(product, softCap)), softCap) : product;
      const logP = tf.logSoftmax(tf.div(logits, temperature));
      return tf.neg(tf.sum(tf.mul(logP, tf.tensor2d(dense, [rows, vocab]))));
    },
  };
}

export const LOSSES: readonly Operation[] = [
  trieLossOn([1, 1, 2], 'cross-entropy', {}),
  trieLossOn([1, 5, 7], 'kl', { temperature: 0.5 }),
  trieLossOn([6, 9, 23], 'kl', {}),
  trieLossOn([6, 9, 50], 'kl', { softCap: 1.5, temperature: 0.7 }),
  trieLossOn([6, 9, 23], 'cross-entropy', { temperature: 1.7, chunk: 7 }),
  trieLossOn([4, 6, 16], 'kl', { temperature: 2, chunk: 4, softCap: 2 }),
  trieLossOn([3, 4, 5], 'cross-entropy', { chunk: 1 }),
  // Three rows at a time, eight entries of the vocabulary at a time.
  trieLossOn([7, 5, 50], 'kl', { chunk: 8, maxBytes: 4 * 24 }),
  trieLossOn([70, 12, 130], 'cross-entropy', {}),
];
