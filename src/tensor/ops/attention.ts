// Grouped-query attention over padded rows with an additive mask.
import { batchMatMul } from '../mat-mul.ts';
import * as tf from '../tf.ts';

/** Sizes of one attention: rows x slots tokens, heads query heads that share kvHeads keys and values. */
export interface AttentionShape {
  readonly rows: number;
  readonly slots: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** What q·k is multiplied by. */
  readonly scale: number;
}

/** What the backward pass needs of the forward pass. */
export interface AttentionSaved {
  /** [rows * kvHeads, group * slots, headDim] */
  readonly q: tf.Tensor3D;
  /** [rows * kvHeads, slots, headDim] */
  readonly k: tf.Tensor3D;
  readonly v: tf.Tensor3D;
  /** [rows * kvHeads, group * slots, slots] attention weights */
  readonly p: tf.Tensor3D;
}

/**
 * @param q [rows * slots, heads * headDim] @param k, v [rows * slots, kvHeads * headDim]
 * @param mask [rows, 1, slots, slots]: 0 where the query (third axis) sees the key, very negative elsewhere
 * @returns y [rows * slots, heads * headDim]
 */
export function attention(
  q: tf.Tensor,
  k: tf.Tensor,
  v: tf.Tensor,
  mask: tf.Tensor4D,
  shape: AttentionShape,
): { y: tf.Tensor2D; saved: AttentionSaved } {
  const { rows, slots, heads, kvHeads, scale } = shape;
  return tf.tidy(() => {
    const saved = {
      q: groupQueries(q, shape),
      k: splitHeads(k, shape),
      v: splitHeads(v, shape),
    };
    const scores = tf.reshape(batchMatMul(saved.q, saved.k, false, true), [
      rows,
      heads,
      slots,
      slots,
    ]);
    const weights = tf.softmax(tf.add(tf.mul(scores, scale), mask));
    const p = tf.reshape(weights, [rows * kvHeads, (heads / kvHeads) * slots, slots]);
    const y = ungroupQueries(batchMatMul(p as tf.Tensor3D, saved.v), shape);
    return { y, saved: { ...saved, p: p as tf.Tensor3D } };
  });
}

/** With dp = dy v^T: ds = p * (dp - sum(dp * p)); dq = ds k scale, dk = ds^T q scale, dv = p^T dy. */
export function attentionGradient(
  dy: tf.Tensor,
  { q, k, v, p }: AttentionSaved,
  shape: AttentionShape,
): { dq: tf.Tensor2D; dk: tf.Tensor2D; dv: tf.Tensor2D } {
  return tf.tidy(() => {
    const dyGrouped = groupQueries(dy, shape);
    const dp = batchMatMul(dyGrouped, v, false, true);
    const weighted = tf.mul(dp, p);
    const ds = tf.mul(
      tf.sub(weighted, tf.mul(p, tf.sum(weighted, 2, true))),
      shape.scale,
    ) as tf.Tensor3D;
    return {
      dq: ungroupQueries(batchMatMul(ds, k), shape),
      dk: mergeHeads(batchMatMul(ds, q, true, false), shape),
      dv: mergeHeads(batchMatMul(p, dyGrouped, true, false), shape),
    };
  });
}

/** [rows * slots, heads * d] -> [rows * kvHeads, group * slots, d]: a key head's queries side by side. */
function groupQueries(x: tf.Tensor, s: AttentionShape): tf.Tensor3D {
  const group = s.heads / s.kvHeads;
  const split = tf.reshape(x, [s.rows, s.slots, s.kvHeads, group, s.headDim]);
  return tf.reshape(tf.transpose(split, [0, 2, 3, 1, 4]), [
    s.rows * s.kvHeads,
    group * s.slots,
    s.headDim,
  ]);
}

/** The inverse of groupQueries. */
function ungroupQueries(x: tf.Tensor3D, s: AttentionShape): tf.Tensor2D {
  const group = s.heads / s.kvHeads;
  const grouped = tf.reshape(x, [s.rows, s.kvHeads, group, s.slots, s.headDim]);
  return tf.reshape(tf.transpose(grouped, [0, 3, 1, 2, 4]), [
    s.rows * s.slots,
    s.heads * s.headDim,
  ]);
}

/** [rows * slots, kvHeads * d] -> [rows * kvHeads, slots, d] */
function splitHeads(x: tf.Tensor, s: AttentionShape): tf.Tensor3D {
  const split = tf.reshape(x, [s.rows, s.slots, s.kvHeads, s.headDim]);
  return tf.reshape(tf.transpose(split, [0, 2, 1, 3]), [s.rows * s.kvHeads, s.slots, s.headDim]);
}

/** The inverse of splitHeads. */
function mergeHeads(x: tf.Tensor3D, s: AttentionShape): tf.Tensor2D {
  const split = tf.reshape(x, [s.rows, s.kvHeads, s.slots, s.headDim]);
  return tf.reshape(tf.transpose(split, [0, 2, 1, 3]), [s.rows * s.slots, s.kvHeads * s.headDim]);
}
