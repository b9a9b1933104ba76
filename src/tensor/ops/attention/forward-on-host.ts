// Attention where tensors lie in ordinary memory: products with the chain's keys, the tree's one by one.
import { runOnHostTo, type Values } from '../../host-kernel.ts';
import { batchMatMul } from '../../mat-mul.ts';
import * as tf from '../../tf.ts';
import { logSumOf } from '../log-sum.ts';
import { addScaled, chainOf, dot, forEachRow, groupQueries, sizesOf } from './parts-on-host.ts';
import type { Sizes } from './parts-on-host.ts';
import type { AttentionInputs, AttentionShape } from './attention-shape.ts';
import { visibleKeys } from './visible.ts';
import type { VisibleKeys } from './visible.ts';

/** @returns y [rows * queries, heads * headDim] and logSum [rows * queries, heads] */
export function attentionOnHost(inputs: AttentionInputs): tf.Tensor[] {
  const { q, kv, shape, tree, sinks } = inputs;
  const s = sizesOf(inputs);
  const seen = visibleKeys(tree, shape);
  const n = s.rows * s.count;
  return tf.tidy(() => {
    const ofChain = seen.chain > 0 ? attendChain(inputs, seen, s) : [];
    const outputs = [
      [n, s.heads * s.d],
      [n, s.heads],
    ];
    const read = [q, kv, sinks ?? q, ...ofChain];
    return runOnHostTo(read, outputs, ([y, logSum], qs, kvs, sink, ...chained) =>
      join({ y: y!, logSum: logSum! }, [qs!, kvs!, sinks && sink], chained, seen, s, shape),
    );
  });
}

/**
 * The chain's part by itself, as if there were nothing else.
 * @returns scores and weights [rows * kvHeads, group * queries, chain], and the mixture of values
 *   [rows * kvHeads, group * queries, headDim]
 */
function attendChain(
  { q, kv, shape }: AttentionInputs,
  seen: VisibleKeys,
  s: Sizes,
): tf.Tensor3D[] {
  const { chain } = seen;
  const grouped = groupQueries(q, s, shape.scale);
  const scores = batchMatMul(grouped, chainOf(kv, s, 0, chain), false, true);
  prepare(scores, seen, s, shape);
  // A softmax is several times quicker on wasm than exponentials one by one.
  const weights = tf.softmax(scores);
  return [scores, weights, batchMatMul(weights, chainOf(kv, s, s.kvHeads, chain))];
}

/** Low enough to weigh nothing, and finite: a query that sees none of the chain gives no NaN. */
const UNSEEN = -1e30;

/** Caps scores IN PLACE and hides keys that are not seen. */
function prepare(
  scores: tf.Tensor3D,
  { low, high, chain }: VisibleKeys,
  s: Sizes,
  { softCap }: AttentionShape,
): void {
  runOnHostTo([scores], [], (_, values) => {
    forEachRow(s, (row, query, _head, at) => {
      const i = row * s.count + query;
      const line = at * chain;
      if (softCap !== null) {
        for (let key = line + low[i]!; key < line + high[i]!; key++) {
          values![key] = softCap * Math.tanh(values![key]! / softCap);
        }
      }
      if (low[i]! > 0) values!.fill(UNSEEN, line, line + low[i]!);
      if (high[i]! < chain) values!.fill(UNSEEN, line + high[i]!, line + chain);
    });
  });
}

/** Weighs the chain's part, the tree's keys and the sink against each other. */
function join(
  { y, logSum }: Readonly<Record<'y' | 'logSum', Float32Array>>,
  [q, kv, sinks]: readonly [Values, Values, Values | undefined],
  [scores, weights, mixed]: readonly Values[],
  { low, high, start, slots, chain }: VisibleKeys,
  s: Sizes,
  { scale, softCap }: AttentionShape,
): void {
  const { d, heads, count, group } = s;
  const kWidth = s.kvHeads * d;
  const parts = new Float64Array(s.slots + 1);
  for (let i = 0; i < s.rows * count; i++) {
    const row = Math.floor(i / count);
    const [begin, end] = [start[i]!, start[i + 1]!];
    const sees = high[i]! > low[i]!;
    for (let head = 0; head < heads; head++) {
      const keys = row * s.slots * 2 * kWidth + Math.floor(head / group) * d;
      const place = (i * heads + head) * d;
      const at = (row * heads + head) * count + (i % count);
      const line = at * chain;
      const ofChain = sees
        ? logSumOf(scores!, weights!, line + low[i]!, line + high[i]!)
        : -Infinity;
      const sink = sinks ? sinks[head]! : -Infinity;
      let top = Math.max(sink, ofChain);
      for (let j = begin; j < end; j++) {
        let score = scale * dot(q, place, kv, keys + slots[j]! * 2 * kWidth, d);
        if (softCap !== null) score = softCap * Math.tanh(score / softCap);
        parts[j - begin] = score;
        if (score > top) top = score;
      }
      const chained = Math.exp(ofChain - top);
      let sum = chained + Math.exp(sink - top);
      for (let j = 0; j < end - begin; j++) sum += parts[j] = Math.exp(parts[j]! - top);
      logSum[i * heads + head] = top + Math.log(sum);
      if (sees) addScaled(y, place, mixed!, at * d, chained / sum, d);
      for (let j = begin; j < end; j++) {
        const value = keys + slots[j]! * 2 * kWidth + kWidth;
        addScaled(y, place, kv, value, parts[j - begin]! / sum, d);
      }
    }
  }
}
