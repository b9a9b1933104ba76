// Every differentiable operation of the lab, on shapes that kernels get wrong first.
import { randomStream } from '../../src/core/random.ts';
import { attention, attentionGradient } from '../../src/tensor/ops/attention.ts';
import { gatedSilu, gatedSiluGradient } from '../../src/tensor/ops/gated-silu.ts';
import { rmsNorm, rmsNormGradient } from '../../src/tensor/ops/rms-norm.ts';
import { rotary, rotaryAngles, rotaryComposed } from '../../src/tensor/ops/rotary.ts';
import { gatherRows, scatterAddRows } from '../../src/tensor/ops/rows.ts';
import { sumRows } from '../../src/tensor/ops/sum-rows.ts';
import { headLogits, trieLoss } from '../../src/tensor/ops/trie-loss.ts';
import type { HeadOptions, LossKind } from '../../src/tensor/ops/trie-loss.ts';
import * as tf from '../../src/tensor/tf.ts';
import type { Operation } from './operation.ts';
import { batchMatMulOn, linearOn, matMulOn } from './product-operations.ts';
import {
  referenceAttention,
  referenceGatedSilu,
  referenceRmsNorm,
  referenceRotary,
  referenceTrieLoss,
} from './reference-operations.ts';
import { randomMask, randomTargets } from './random-inputs.ts';

const EPS = 1e-6;

function rmsNormOn(n: number, width: number): Operation {
  return {
    name: `rmsNorm [${n}, ${width}]`,
    inputs: [[n, width], [width]],
    reference: (x, weight) => referenceRmsNorm(x, weight, EPS),
    forward: (x, weight) => rmsNorm(x as tf.Tensor2D, weight as tf.Tensor1D, EPS),
    backward: (dy, x, weight) => {
      const { dx, dWeight } = rmsNormGradient(
        dy as tf.Tensor2D,
        x as tf.Tensor2D,
        weight as tf.Tensor1D,
        EPS,
        true,
      );
      return [dx, dWeight!];
    },
  };
}

function gatedSiluOn(n: number, width: number): Operation {
  return {
    name: `gatedSilu [${n}, ${width}]`,
    inputs: [
      [n, width],
      [n, width],
    ],
    reference: referenceGatedSilu,
    forward: (gate, up) => gatedSilu(gate as tf.Tensor2D, up as tf.Tensor2D),
    backward: (dy, gate, up) => {
      const { dGate, dUp } = gatedSiluGradient(
        dy as tf.Tensor2D,
        gate as tf.Tensor2D,
        up as tf.Tensor2D,
      );
      return [dGate, dUp];
    },
  };
}

interface AttentionSizes {
  readonly rows: number;
  readonly slots: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
}

function attentionOn(sizes: AttentionSizes): Operation {
  const { rows, slots, heads, kvHeads, headDim } = sizes;
  const name = `attention ${rows}x${slots}, ${heads} heads on ${kvHeads} of ${headDim}`;
  const shape = { ...sizes, scale: 0.7 / Math.sqrt(headDim) };
  const mask = randomMask(rows, slots, randomStream(2, name));
  const maskTensor = () => tf.tensor4d(mask, [rows, 1, slots, slots]);
  return {
    name,
    inputs: [
      [rows * slots, heads * headDim],
      [rows * slots, kvHeads * headDim],
      [rows * slots, kvHeads * headDim],
    ],
    reference: (q, k, v) => referenceAttention(q, k, v, mask, shape),
    forward: (q, k, v) => attention(q, k, v, maskTensor(), shape).y,
    backward: (dy, q, k, v) => {
      const { saved } = attention(q, k, v, maskTensor(), shape);
      const { dq, dk, dv } = attentionGradient(dy, saved, shape);
      return [dq, dk, dv];
    },
    taped: (q, k, v) => {
      const split = (x: tf.Tensor, count: number) =>
        tf.transpose(tf.reshape(x, [rows, slots, count, headDim]), [0, 2, 1, 3]);
      // Each key head once per query head that reads it.
      const repeated = (x: tf.Tensor) => {
        const parts = Array.from({ length: heads }, (_, head) => {
          const kvHead = Math.floor((head * kvHeads) / heads);
          return tf.slice(split(x, kvHeads), [0, kvHead, 0, 0], [rows, 1, slots, headDim]);
        });
        return tf.reshape(tf.concat(parts, 1), [rows * heads, slots, headDim]);
      };
      const queries = tf.reshape(split(q, heads), [rows * heads, slots, headDim]);
      const scores = tf.matMul(queries, repeated(k), false, true);
      const tall = tf.reshape(scores, [rows, heads, slots, slots]);
      const p = tf.softmax(tf.add(tf.mul(tall, shape.scale), maskTensor()));
      const mixed = tf.matMul(tf.reshape(p, [rows * heads, slots, slots]), repeated(v));
      const merged = tf.transpose(tf.reshape(mixed, [rows, heads, slots, headDim]), [0, 2, 1, 3]);
      return tf.reshape(merged, [rows * slots, heads * headDim]);
    },
  };
}

export function rotaryOn(n: number, heads: number, headDim: number): Operation {
  const frequencies = Float32Array.from(
    { length: headDim / 2 },
    (_, i) => 10_000 ** ((-2 * i) / headDim),
  );
  const positions = Int32Array.from({ length: n }, (_, t) => (7 * t) % 90);
  const factor = 0.9;
  const angles = () => rotaryAngles(positions, frequencies, factor);
  return {
    name: `rotary [${n}, ${heads}, ${headDim}]`,
    inputs: [[n, heads, headDim]],
    reference: (x) => referenceRotary(x, positions, frequencies, heads, factor),
    forward: (x) => rotary(x as tf.Tensor3D, angles()),
    backward: (dy) => [rotary(dy as tf.Tensor3D, angles(), true)],
    taped: (x) => {
      const { cos, sin } = angles();
      return rotaryComposed(x as tf.Tensor3D, cos, sin, false);
    },
  };
}

/** Rows are taken more than once and out of order, some not at all. */
export function gatherRowsOn(n: number, m: number, width: number): Operation {
  const name = `gatherRows ${n} of [${m}, ${width}]`;
  const random = randomStream(3, name);
  const indices = Int32Array.from({ length: n }, () => random.integer(m));
  return {
    name,
    inputs: [[m, width]],
    reference: (table) =>
      Float64Array.from({ length: n * width }, (_, i) => {
        return table[indices[Math.floor(i / width)]! * width + (i % width)]!;
      }),
    forward: (table) => gatherRows(table as tf.Tensor2D, indices),
    backward: (dy) => [scatterAddRows(dy as tf.Tensor2D, indices, m)],
    taped: (table) => {
      const oneHot = new Float32Array(n * m);
      indices.forEach((row, i) => (oneHot[i * m + row] = 1));
      return tf.matMul(tf.tensor2d(oneHot, [n, m]), table as tf.Tensor2D);
    },
  };
}

function sumRowsOn(n: number, width: number): Operation {
  return {
    name: `sumRows [${n}, ${width}]`,
    inputs: [[n, width]],
    reference: (x) =>
      Float64Array.from({ length: width }, (_, j) =>
        Array.from({ length: n }, (_, i) => x[i * width + j]!).reduce((a, b) => a + b, 0),
      ),
    forward: (x) => sumRows(x as tf.Tensor2D),
    backward: (dy) => [tf.tile(tf.reshape(dy, [1, width]), [n, 1])],
  };
}

export function trieLossOn(
  [rows, width, vocab]: readonly [number, number, number],
  kind: LossKind,
  options: HeadOptions,
): Operation {
  const { temperature = 1, chunk } = options;
  const name = `trieLoss ${kind} [${rows}, ${width}] x ${vocab}, temperature ${temperature}, chunk ${chunk}`;
  const targets = randomTargets(rows, vocab, randomStream(4, name));
  return {
    name,
    inputs: [
      [rows, width],
      [vocab, width],
    ],
    reference: (hidden, head) =>
      Float64Array.of(referenceTrieLoss(hidden, head, targets, width, kind, temperature)),
    forward: (hidden, head) =>
      trieLoss(hidden as tf.Tensor2D, head as tf.Tensor2D, targets, kind, options).loss,
    backward: (dy, hidden, head) => {
      const [factor] = dy.dataSync();
      const { gradient } = trieLoss(
        hidden as tf.Tensor2D,
        head as tf.Tensor2D,
        targets,
        kind,
        options,
      );
      const { dHidden, dHead } = gradient(factor!, true);
      return [dHidden, dHead!];
    },
    taped: (hidden, head) => {
      const dense = new Float32Array(rows * vocab);
      for (let row = 0; row < rows; row++) {
        for (let i = targets.start[row]!; i < targets.start[row + 1]!; i++) {
          dense[row * vocab + targets.token[i]!]! += targets.probability[i]! * targets.weight[row]!;
        }
      }
      const logits = tf.matMul(hidden as tf.Tensor2D, head as tf.Tensor2D, false, true);
      const logP = tf.logSoftmax(tf.div(logits, temperature));
      return tf.neg(tf.sum(tf.mul(logP, tf.tensor2d(dense, [rows, vocab]))));
    },
  };
}

function headLogitsOn(rows: number, width: number, vocab: number): Operation {
  return {
    ...matMulOn([rows, width, vocab], false, true),
    name: `headLogits [${rows}, ${width}] x ${vocab}`,
    forward: (hidden, head) => headLogits(hidden as tf.Tensor2D, head as tf.Tensor2D),
  };
}

const BOTH = [false, true] as const;

/** One row, one column, sizes around the multiples of 4 that kernels are unrolled by, larger ones. */
export const OPERATIONS: readonly Operation[] = [
  ...[[1, 2] as const, [1, 7] as const, [5, 16] as const, [3, 41] as const].flatMap(
    ([n, width]) => [rmsNormOn(n, width), gatedSiluOn(n, width), sumRowsOn(n, width)],
  ),
  linearOn(1, 1, 1),
  linearOn(1, 5, 3),
  linearOn(9, 17, 6),
  ...BOTH.flatMap((a) =>
    BOTH.flatMap((b) => [
      matMulOn([1, 1, 1], a, b),
      matMulOn([3, 1, 5], a, b),
      matMulOn([7, 13, 9], a, b),
      batchMatMulOn([1, 3, 5, 2], a, b),
      batchMatMulOn([3, 1, 7, 1], a, b),
      batchMatMulOn([5, 6, 4, 11], a, b),
    ]),
  ),
  attentionOn({ rows: 1, slots: 1, heads: 1, kvHeads: 1, headDim: 2 }),
  attentionOn({ rows: 1, slots: 5, heads: 1, kvHeads: 1, headDim: 3 }),
  attentionOn({ rows: 2, slots: 7, heads: 2, kvHeads: 1, headDim: 4 }),
  attentionOn({ rows: 3, slots: 4, heads: 4, kvHeads: 2, headDim: 5 }),
  attentionOn({ rows: 2, slots: 6, heads: 6, kvHeads: 2, headDim: 2 }),
  attentionOn({ rows: 1, slots: 9, heads: 8, kvHeads: 1, headDim: 6 }),
  attentionOn({ rows: 2, slots: 3, heads: 8, kvHeads: 8, headDim: 2 }),
  rotaryOn(1, 1, 2),
  rotaryOn(5, 1, 6),
  rotaryOn(3, 7, 10),
  gatherRowsOn(1, 1, 1),
  gatherRowsOn(1, 9, 5),
  gatherRowsOn(13, 4, 7),
  trieLossOn([1, 1, 2], 'cross-entropy', {}),
  trieLossOn([1, 5, 7], 'kl', { temperature: 0.5 }),
  trieLossOn([6, 9, 23], 'kl', {}),
  trieLossOn([6, 9, 23], 'cross-entropy', { temperature: 1.7, chunk: 7 }),
  trieLossOn([4, 6, 16], 'kl', { temperature: 2, chunk: 4 }),
  trieLossOn([3, 4, 5], 'cross-entropy', { chunk: 1 }),
  headLogitsOn(1, 3, 5),
];
