// Attention where tensors lie in ordinary memory: products with the chain's keys, the tree's one by one.
import { runOnHostTo } from '../../host-kernel.ts';
import { batchMatMul } from '../../mat-mul.ts';
import * as tf from '../../tf.ts';
import { addGrouped, addScaled, chainOf, dot, groupQueries, sizesOf } from './host-parts.ts';
import type { Sizes, Values } from './host-parts.ts';
import type { AttentionInputs, AttentionShape } from './shape.ts';
import { visibleKeys } from './visible.ts';
import type { VisibleKeys } from './visible.ts';

/** @returns y [rows * queries, heads * headDim] and logSum [rows * queries, heads] */
export function attentionOnHost(inputs: AttentionInputs): tf.Tensor[] {
  const { q, kv, shape, tree, sinks } = inputs;
  const s = sizesOf(inputs);
  const seen = visibleKeys(tree, shape);
  const { chain } = seen;
  const n = s.rows * s.count;
  return tf.tidy(() => {
    const scores =
      chain === 0 ? q : batchMatMul(groupQueries(q, s), chainOf(kv, s, 0, chain), false, true); // [rows * kvHeads, group * queries, chain]
    const shapes = [
      [n, s.heads * s.d],
      [n, s.heads],
      [s.rows * s.kvHeads, s.group * s.count, chain],
    ];
    const read = [scores, q, kv, ...(sinks ? [sinks] : [])];
    const [y, logSum, p] = runOnHostTo(
      read,
      shapes,
      ([outY, outSum, outP], chained, qs, kvs, sink) =>
        mix({ y: outY!, logSum: outSum!, p: outP! }, chained!, qs!, kvs!, sink, seen, s, shape),
    );
    if (chain > 0) {
      const mixed = batchMatMul(p as tf.Tensor3D, chainOf(kv, s, s.kvHeads, chain));
      addGrouped(y!, mixed, s);
    }
    return [y!, logSum!];
  });
}

/** Weighs all keys, adds up the values of those behind the chain, leaves the chain's weights in p. */
function mix(
  out: Readonly<Record<'y' | 'logSum' | 'p', Float32Array>>,
  chained: Values,
  q: Values,
  kv: Values,
  sinks: Values | undefined,
  seen: VisibleKeys,
  s: Sizes,
  { scale, softCap }: AttentionShape,
): void {
  const { y, logSum, p } = out;
  const { low, high, start, slots, chain } = seen;
  const { d } = s;
  const stride = 2 * s.kvHeads * d;
  const parts = new Float64Array(s.slots + 1);
  for (let row = 0; row < s.rows; row++) {
    for (let head = 0; head < s.heads; head++) {
      const keys = (row * s.slots * 2 * s.kvHeads + Math.floor(head / s.group)) * d;
      const values = keys + s.kvHeads * d;
      const sink = sinks ? sinks[head]! : -Infinity;
      for (let query = 0; query < s.count; query++) {
        const i = row * s.count + query;
        const place = (i * s.heads + head) * d;
        const line = ((row * s.heads + head) * s.count + query) * chain;
        const [from, to] = [line + low[i]!, line + high[i]!];
        const [begin, end] = [start[i]!, start[i + 1]!];
        let all = 0;
        let top = sink;
        for (let at = from; at < to; at++) {
          let score = scale * chained[at]!;
          if (softCap !== null) score = softCap * Math.tanh(score / softCap);
          parts[all++] = score;
          if (score > top) top = score;
        }
        for (let j = begin; j < end; j++) {
          let score = scale * dot(q, place, kv, keys + slots[j]! * stride, d);
          if (softCap !== null) score = softCap * Math.tanh(score / softCap);
          parts[all++] = score;
          if (score > top) top = score;
        }
        let sum = Math.exp(sink - top);
        for (let j = 0; j < all; j++) {
          const part = Math.exp(parts[j]! - top);
          parts[j] = part;
          sum += part;
        }
        logSum[i * s.heads + head] = top + Math.log(sum);
        const inverse = 1 / sum;
        let next = 0;
        for (let at = from; at < to; at++) p[at] = parts[next++]! * inverse;
        for (let j = begin; j < end; j++) {
          addScaled(y, place, kv, values + slots[j]! * stride, parts[next++]! * inverse, d);
        }
      }
    }
  }
}
