// Attention over trees from tfjs operations, with dense scores and a mask: what kernels must equal.
import { batchMatMul } from '../../mat-mul.ts';
import * as tf from '../../tf.ts';
import { queriesOf } from './attention-shape.ts';
import type {
  AttentionGradientInputs,
  AttentionInputs,
  AttentionShape,
} from './attention-shape.ts';
import { visibilityMask } from './visibility.ts';

/** @returns y [rows * queries, heads * headDim] and logSum [rows * queries, heads] */
export function attentionComposed(inputs: AttentionInputs): tf.Tensor[] {
  const { q, shape, tree } = inputs;
  const { heads } = shape;
  const { count } = queriesOf(shape, tree);
  const { k, v } = keysAndValues(inputs);
  const { scores, weights } = attend(groupQueries(q, inputs), k, inputs);
  // The largest weight belongs to the largest score: the log of the sum without another exp.
  const top = tf.sub(tf.max(scores, -1), tf.log(tf.max(weights, -1))); // [rows, heads, queries]
  const p = withoutSinks(weights, inputs);
  return [
    ungroupQueries(batchMatMul(p, v), inputs),
    tf.reshape(tf.transpose(top, [0, 2, 1]), [tree.rows * count, heads]),
  ];
}

/**
 * With dp = dy v^T and s the scores: ds = p * (dp - sum(dy * y)); dq = ds k scale, dk = ds^T q scale,
 * dv = p^T dy. A soft cap c, s = c tanh(t / c), makes ds that of t by the factor 1 - (s / c)^2.
 * @returns dq [rows * slots, heads * headDim] and dkv [rows * slots, 2 kvHeads * headDim]
 */
export function attentionGradientComposed(inputs: AttentionGradientInputs): tf.Tensor[] {
  // The dense matrices are gone before the results are put into their places.
  const [dq, dk, dv] = tf.tidy(() => {
    const { k, v } = keysAndValues(inputs);
    const q = groupQueries(inputs.q, inputs);
    const dy = groupQueries(inputs.dy, inputs);
    const [p, ds] = tf.tidy(() => scoreGradient(q, k, v, dy, inputs));
    return [
      batchMatMul(ds, k),
      batchMatMul(ds, q, true, false),
      batchMatMul(p, dy, true, false),
    ] as const;
  });
  return [ungroupQueries(dq, inputs), joinKeysAndValues(dk, dv, inputs)];
}

/**
 * All [rows * kvHeads, group * queries, slots or headDim].
 * @returns the weights p and the gradient ds of the scores
 */
function scoreGradient(
  q: tf.Tensor3D,
  k: tf.Tensor3D,
  v: tf.Tensor3D,
  dy: tf.Tensor3D,
  inputs: AttentionGradientInputs,
): [tf.Tensor3D, tf.Tensor3D] {
  const { shape, y } = inputs;
  const { heads, headDim, scale, softCap } = shape;
  const { weights, slope } = tf.tidy(() => {
    const attended = attend(q, k, inputs);
    return { weights: attended.weights, ...(attended.slope && { slope: attended.slope }) };
  });
  const p = withoutSinks(weights, inputs);
  // [n, heads, 1]
  const overlap = tf.sum(tf.reshape(tf.mul(inputs.dy, y), [-1, heads, headDim]), 2, true);
  const perHead: AttentionShape = { ...shape, headDim: 1 };
  const grouped = groupQueries(overlap, { ...inputs, shape: perHead });
  const dp = batchMatMul(dy, v, false, true);
  const dCapped = tf.mul(p, tf.mul(tf.sub(dp, grouped), scale));
  const ds = softCap === null ? dCapped : tf.mul(dCapped, tf.reshape(slope!, p.shape));
  return [p, ds as tf.Tensor3D];
}

/**
 * @param q [rows * kvHeads, group * queries, headDim] @param k [rows * kvHeads, slots, headDim]
 * @returns scores and weights [rows, heads, queries, slots], with the sinks' column behind where there
 *   are any; with a soft cap its slope at each score [rows, heads, queries, slots]
 */
function attend(
  q: tf.Tensor3D,
  k: tf.Tensor3D,
  { shape, tree, sinks }: AttentionInputs,
): { scores: tf.Tensor4D; weights: tf.Tensor4D; slope?: tf.Tensor } {
  const { rows, slots } = tree;
  const { heads, scale, softCap } = shape;
  const { count } = queriesOf(shape, tree);
  const products = batchMatMul(q, k, false, true);
  let scores = tf.mul(tf.reshape(products, [rows, heads, count, slots]), scale);
  let slope: tf.Tensor | undefined;
  if (softCap !== null) {
    const bent = tf.tanh(tf.div(scores, softCap));
    slope = tf.sub(1, tf.square(bent));
    scores = tf.mul(bent, softCap);
  }
  scores = tf.add(scores, tf.tensor4d(visibilityMask(tree, shape), [rows, 1, count, slots]));
  if (sinks !== undefined) {
    const column = tf.tile(tf.reshape(sinks, [1, heads, 1, 1]), [rows, 1, count, 1]);
    scores = tf.concat([scores, column], 3);
  }
  const weights = tf.softmax(scores) as tf.Tensor4D;
  return { scores: scores as tf.Tensor4D, weights, ...(slope && { slope }) };
}

/** [rows, heads, queries, slots (+ 1)] -> [rows * kvHeads, group * queries, slots] */
function withoutSinks(
  weights: tf.Tensor4D,
  { shape: { heads, kvHeads }, tree: { rows, slots } }: AttentionInputs,
): tf.Tensor3D {
  const count = weights.shape[2];
  const seen =
    weights.shape[3] === slots
      ? weights
      : tf.slice(weights, [0, 0, 0, 0], [rows, heads, count, slots]);
  return tf.reshape(seen, [rows * kvHeads, (heads / kvHeads) * count, slots]);
}

/** [rows * queries, heads * d] -> [rows * kvHeads, group * queries, d]: a key head's queries side by side. */
function groupQueries(x: tf.Tensor, { shape, tree }: AttentionInputs): tf.Tensor3D {
  const { heads, kvHeads, headDim } = shape;
  const group = heads / kvHeads;
  const { count } = queriesOf(shape, tree);
  const split = tf.reshape(x, [tree.rows, count, heads, headDim]);
  return tf.reshape(tf.transpose(split, [0, 2, 1, 3]), [
    tree.rows * kvHeads,
    group * count,
    headDim,
  ]);
}

/** The inverse of groupQueries. */
function ungroupQueries(x: tf.Tensor3D, { shape, tree }: AttentionInputs): tf.Tensor2D {
  const { heads, headDim } = shape;
  const { count } = queriesOf(shape, tree);
  const grouped = tf.reshape(x, [tree.rows, heads, count, headDim]);
  return tf.reshape(tf.transpose(grouped, [0, 2, 1, 3]), [tree.rows * count, heads * headDim]);
}

/** [rows * slots (or more), 2 kvHeads * d] -> k and v, [rows * kvHeads, slots, d] each */
function keysAndValues({ kv, shape, tree }: AttentionInputs): { k: tf.Tensor3D; v: tf.Tensor3D } {
  const { rows, slots } = tree;
  const { kvHeads, headDim } = shape;
  const width = kvHeads * headDim;
  const [k, v] = [0, width].map((first) => {
    const half = tf.slice(kv, [0, first], [rows * slots, width]);
    const split = tf.reshape(half, [rows, slots, kvHeads, headDim]);
    return tf.reshape(tf.transpose(split, [0, 2, 1, 3]), [rows * kvHeads, slots, headDim]);
  });
  return { k: k as tf.Tensor3D, v: v as tf.Tensor3D };
}

/** The inverse of keysAndValues. */
function joinKeysAndValues(
  k: tf.Tensor3D,
  v: tf.Tensor3D,
  { shape, tree }: AttentionInputs,
): tf.Tensor2D {
  const { rows, slots } = tree;
  const { kvHeads, headDim } = shape;
  const merged = [k, v].map((x) => {
    const split = tf.reshape(x, [rows, kvHeads, slots, headDim]);
    return tf.reshape(tf.transpose(split, [0, 2, 1, 3]), [rows * slots, kvHeads * headDim]);
  });
  return tf.concat(merged as tf.Tensor2D[], 1);
}
