// Attention over trees as operations under test: against float64 loops and a dense tfjs composition.
import { randomStream } from '../../../src/core/random.ts';
import { attention, attentionGradient } from '../../../src/tensor/ops/attention/attention.ts';
import type {
  AttentionOptions,
  AttentionShape,
} from '../../../src/tensor/ops/attention/attention.ts';
import type { TreeValues } from '../../../src/tensor/ops/tree.ts';
import * as tf from '../../../src/tensor/tf.ts';
import type { Operation } from '../operation.ts';
import { keysSeen, randomTreeValues, tensorsOf } from './random-tree.ts';
import type { TreeSizes } from './random-tree.ts';

export interface AttentionCase extends TreeSizes {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly window?: number;
  readonly softCap?: number;
  readonly sinks?: boolean;
}

export const nameOf = (c: AttentionCase) =>
  [
    `attention ${c.rows}x${c.slots} after ${c.chain}, ${c.heads} heads on ${c.kvHeads} of ${c.headDim}`,
    c.window && `window ${c.window}`,
    c.softCap && `cap ${c.softCap}`,
    c.sinks && 'sinks',
  ]
    .filter(Boolean)
    .join(', ');

export function shapeOf({
  heads,
  kvHeads,
  headDim,
  window,
  softCap,
}: AttentionCase): AttentionShape {
  const scale = 0.7 / Math.sqrt(headDim);
  return { heads, kvHeads, headDim, scale, window: window ?? null, softCap: softCap ?? null };
}

export const treeOf = (c: AttentionCase) => randomTreeValues(c, randomStream(2, nameOf(c)));

/** [heads] between -1 and 2; none where the case has none. */
export const sinksOf = (c: AttentionCase) =>
  c.sinks
    ? Float32Array.from({ length: c.heads }, (_, head) => ((head * 5) % 7) / 2 - 1)
    : undefined;

export const sinkOptions = (c: AttentionCase): AttentionOptions => {
  const sinks = sinksOf(c);
  return sinks ? { sinks: tf.tensor1d(sinks) } : {};
};

export function attentionOn(c: AttentionCase): Operation {
  const { rows, slots, heads, kvHeads, headDim } = c;
  const values = treeOf(c);
  const shape = shapeOf(c);
  const run = (q: tf.Tensor, kv: tf.Tensor) =>
    attention(q as tf.Tensor2D, kv as tf.Tensor2D, tensorsOf(c, values), shape, sinkOptions(c));
  return {
    name: nameOf(c),
    inputs: [
      [rows * slots, heads * headDim],
      [rows * slots, 2 * kvHeads * headDim],
    ],
    reference: (q, kv) => referenceAttention(q, kv, c, values).y,
    forward: (q, kv) => run(q, kv).y,
    backward: (dy, ...inputs) => {
      const [q, kv] = inputs as [tf.Tensor2D, tf.Tensor2D];
      const saved = { ...run(q, kv), q, kv };
      const tree = tensorsOf(c, values);
      const { dq, dkv } = attentionGradient(dy as tf.Tensor2D, saved, tree, shape, sinkOptions(c));
      return [dq, dkv];
    },
    taped: (q, kv) => tapedAttention(q, kv, c, values),
  };
}

/** Per query: softmax over the keys it sees, then the mean of their values. */
export function referenceAttention(
  q: Float64Array,
  kv: Float64Array,
  c: AttentionCase,
  { parents }: TreeValues,
): { y: Float64Array; logSum: Float64Array } {
  const { rows, slots, heads, kvHeads, headDim } = c;
  const { scale, window, softCap } = shapeOf(c);
  const sinks = sinksOf(c);
  const y = new Float64Array(rows * slots * heads * headDim);
  const logSum = new Float64Array(rows * slots * heads);
  for (let i = 0; i < logSum.length; i++) {
    const [token, head] = [Math.floor(i / heads), i % heads];
    const [row, query] = [Math.floor(token / slots), token % slots];
    const kvHead = Math.floor((head * kvHeads) / heads);
    const seen = keysSeen(parents, row, query, slots, window);
    const keyAt = (slot: number) => ((row * slots + slot) * 2 * kvHeads + kvHead) * headDim;
    const scores = seen.map((slot) => {
      let dot = 0;
      for (let d = 0; d < headDim; d++) dot += q[i * headDim + d]! * kv[keyAt(slot) + d]!;
      return softCap === null ? scale * dot : softCap * Math.tanh((scale * dot) / softCap);
    });
    const sink = sinks ? Math.exp(sinks[head]!) : 0;
    logSum[i] = Math.log(scores.reduce((sum, score) => sum + Math.exp(score), sink));
    seen.forEach((slot, j) => {
      const weight = Math.exp(scores[j]! - logSum[i]!);
      const value = keyAt(slot) + kvHeads * headDim;
      for (let d = 0; d < headDim; d++) y[i * headDim + d]! += weight * kv[value + d]!;
    });
  }
  return { y, logSum };
}

/** Dense, with every key head repeated for the query heads that read it: for tfjs's tape. */
function tapedAttention(
  q: tf.Tensor,
  kv: tf.Tensor,
  c: AttentionCase,
  { parents }: TreeValues,
): tf.Tensor {
  const { rows, slots, heads, kvHeads, headDim } = c;
  const { scale, window, softCap } = shapeOf(c);
  const split = (x: tf.Tensor, count: number) =>
    tf.transpose(tf.reshape(x, [rows, slots, count, headDim]), [0, 2, 1, 3]);
  const repeated = (first: number) => {
    const parts = Array.from({ length: heads }, (_, head) => {
      const from = first + Math.floor((head * kvHeads) / heads);
      return tf.slice(split(kv, 2 * kvHeads), [0, from, 0, 0], [rows, 1, slots, headDim]);
    });
    return tf.reshape(tf.concat(parts, 1), [rows * heads, slots, headDim]);
  };
  const mask = new Float32Array(rows * slots * slots).fill(-1e9);
  for (let token = 0; token < rows * slots; token++) {
    const row = Math.floor(token / slots);
    for (const key of keysSeen(parents, row, token % slots, slots, window))
      mask[token * slots + key] = 0;
  }
  const queries = tf.reshape(split(q, heads), [rows * heads, slots, headDim]);
  const products = tf.mul(tf.matMul(queries, repeated(0), false, true), scale);
  const capped = softCap === null ? products : tf.mul(tf.tanh(tf.div(products, softCap)), softCap);
  const tall = tf.reshape(capped, [rows, heads, slots, slots]);
  const masked = tf.add(tall, tf.tensor4d(mask, [rows, 1, slots, slots]));
  const sinks = sinksOf(c);
  const column = sinks && tf.tile(tf.tensor4d(sinks, [1, heads, 1, 1]), [rows, 1, slots, 1]);
  const p = tf.softmax(column ? tf.concat([masked, column], 3) : masked);
  const seen = tf.slice(p, [0, 0, 0, 0], [rows, heads, slots, slots]);
  const mixed = tf.matMul(tf.reshape(seen, [rows * heads, slots, slots]), repeated(kvHeads));
  const merged = tf.transpose(tf.reshape(mixed, [rows, heads, slots, headDim]), [0, 2, 1, 3]);
  return tf.reshape(merged, [rows * slots, heads * headDim]);
}

/** One slot, one node, odd widths, every number of queries per key, and each option alone and with others. */
export const ATTENTION_CASES: readonly AttentionCase[] = [
  { rows: 1, slots: 1, chain: 1, heads: 1, kvHeads: 1, headDim: 2, sinks: true },
  { rows: 1, slots: 5, chain: 5, heads: 1, kvHeads: 1, headDim: 3 },
  { rows: 2, slots: 7, chain: 2, heads: 2, kvHeads: 1, headDim: 4 },
  { rows: 3, slots: 4, chain: 0, heads: 4, kvHeads: 2, headDim: 5 },
  { rows: 2, slots: 9, chain: 3, heads: 6, kvHeads: 2, headDim: 2 },
  { rows: 1, slots: 9, chain: 4, heads: 8, kvHeads: 1, headDim: 6 },
  { rows: 2, slots: 3, chain: 1, heads: 8, kvHeads: 8, headDim: 2 },
  { rows: 2, slots: 5, chain: 1, heads: 4, kvHeads: 1, headDim: 3 },
  { rows: 1, slots: 6, chain: 2, heads: 5, kvHeads: 1, headDim: 7 },
  { rows: 1, slots: 7, chain: 3, heads: 6, kvHeads: 1, headDim: 9, window: 3 },
  { rows: 1, slots: 6, chain: 2, heads: 7, kvHeads: 1, headDim: 8 },
  { rows: 2, slots: 21, chain: 9, heads: 4, kvHeads: 4, headDim: 32 },
  { rows: 1, slots: 40, chain: 17, heads: 3, kvHeads: 1, headDim: 64 },
  { rows: 1, slots: 5, chain: 2, heads: 2, kvHeads: 2, headDim: 130 },
  { rows: 1, slots: 5, chain: 2, heads: 2, kvHeads: 1, headDim: 256 },
  { rows: 2, slots: 12, chain: 6, heads: 2, kvHeads: 1, headDim: 4, window: 1, sinks: true },
  { rows: 2, slots: 12, chain: 6, heads: 2, kvHeads: 1, headDim: 4, window: 3 },
  { rows: 2, slots: 12, chain: 0, heads: 2, kvHeads: 2, headDim: 4, window: 8 },
  { rows: 2, slots: 12, chain: 5, heads: 4, kvHeads: 2, headDim: 8, sinks: true },
  { rows: 2, slots: 12, chain: 5, heads: 4, kvHeads: 2, headDim: 5, softCap: 1.5 },
  {
    rows: 3,
    slots: 14,
    chain: 6,
    heads: 6,
    kvHeads: 2,
    headDim: 16,
    window: 4,
    sinks: true,
    softCap: 2,
  },
];

export const ATTENTIONS: readonly Operation[] = ATTENTION_CASES.map(attentionOn);
