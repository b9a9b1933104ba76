// Attention's gradient where tensors lie in ordinary memory: as the forward pass is cut there.
import { runOnHostTo, type Values } from '../../host-kernel.ts';
import { batchMatMul } from '../../mat-mul.ts';
import * as tf from '../../tf.ts';
import {
  addChain,
  addGrouped,
  addScaled,
  chainOf,
  dot,
  groupQueries,
  sizesOf,
} from './parts-on-host.ts';
import type { Sizes } from './parts-on-host.ts';
import type { AttentionGradientInputs, AttentionShape } from './attention-shape.ts';
import { visibleKeys } from './visible.ts';
import type { VisibleKeys } from './visible.ts';

/** @returns dq [rows * slots, heads * headDim] and dkv [rows * slots, 2 kvHeads * headDim] */
export function attentionGradientOnHost(inputs: AttentionGradientInputs): tf.Tensor[] {
  const { dy, y, logSum, q, kv, shape, tree } = inputs;
  const s = sizesOf(inputs);
  const seen = visibleKeys(tree, shape);
  const { chain } = seen;
  const n = s.rows * s.slots;
  const ofChain = [s.rows * s.kvHeads, s.group * s.count, chain];
  const shapes = [[n, s.heads * s.d], [n, 2 * s.kvHeads * s.d], ofChain, ofChain];
  return tf.tidy(() => {
    const grouped = chain > 0 && { q: groupQueries(q, s), dy: groupQueries(dy, s) };
    const keys = chain > 0 && chainOf(kv, s, 0, chain);
    const chained =
      grouped && keys
        ? [
            batchMatMul(grouped.q, keys, false, true),
            batchMatMul(grouped.dy, chainOf(kv, s, s.kvHeads, chain), false, true),
          ]
        : [q, q];
    const read = [...chained, dy, y, logSum, q, kv];
    const [dq, dkv, p, ds] = runOnHostTo(read, shapes, (out, ...values) =>
      unmix(out, values, seen, s, shape),
    );
    if (grouped && keys) {
      addGrouped(dq!, batchMatMul(ds as tf.Tensor3D, keys), s);
      addChain(dkv!, batchMatMul(ds as tf.Tensor3D, grouped.q, true, false), s, 0);
      addChain(dkv!, batchMatMul(p as tf.Tensor3D, grouped.dy, true, false), s, s.kvHeads);
    }
    return [dq!, dkv!];
  });
}

/** What the tree's keys contribute; of the chain's keys the weights and the gradients of their scores. */
function unmix(
  [dq, dkv, p, ds]: readonly Float32Array[],
  [scores, products, dy, y, logSum, q, kv]: readonly Values[],
  { low, high, start, slots, chain }: VisibleKeys,
  s: Sizes,
  { scale, softCap }: AttentionShape,
): void {
  const { d } = s;
  const stride = 2 * s.kvHeads * d;
  for (let row = 0; row < s.rows; row++) {
    for (let head = 0; head < s.heads; head++) {
      const keys = (row * s.slots * 2 * s.kvHeads + Math.floor(head / s.group)) * d;
      for (let query = 0; query < s.count; query++) {
        const i = row * s.count + query;
        const place = (i * s.heads + head) * d;
        const line = ((row * s.heads + head) * s.count + query) * chain;
        const total = logSum![i * s.heads + head]!;
        const overlap = dot(dy!, place, y!, place, d);
        for (let at = line + low[i]!; at < line + high[i]!; at++) {
          let score = scale * scores![at]!;
          let slope = scale;
          if (softCap !== null) {
            const bent = Math.tanh(score / softCap);
            score = softCap * bent;
            slope *= 1 - bent * bent;
          }
          const weight = Math.exp(score - total);
          p![at] = weight;
          ds![at] = weight * (products![at]! - overlap) * slope;
        }
        for (let j = start[i]!; j < start[i + 1]!; j++) {
          const key = keys + slots[j]! * stride;
          const value = key + s.kvHeads * d;
          let score = scale * dot(q!, place, kv!, key, d);
          let slope = scale;
          if (softCap !== null) {
            const bent = Math.tanh(score / softCap);
            score = softCap * bent;
            slope *= 1 - bent * bent;
          }
          const weight = Math.exp(score - total);
          const dScore = weight * (dot(dy!, place, kv!, value, d) - overlap) * slope;
          addScaled(dq!, place, kv!, key, dScore, d);
          addScaled(dkv!, key, q!, place, dScore, d);
          addScaled(dkv!, value, dy!, place, weight, d);
        }
      }
    }
  }
}
