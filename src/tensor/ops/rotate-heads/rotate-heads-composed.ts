// Norming and turning heads from tfjs operations: what kernels must equal.
import * as tf from '../../tf.ts';
import type { RotaryAngles } from './angles.ts';
import type {
  RotateHeadsGradientInputs,
  RotateHeadsInputs,
  RotateHeadsOptions,
} from './rotate-heads-inputs.ts';

/** @returns q [n, heads * headDim] and kv [n, 2 kvHeads * headDim] */
export function rotateHeadsComposed({ qkv, shape, options }: RotateHeadsInputs): tf.Tensor[] {
  const { heads, kvHeads, headDim: d } = shape;
  const n = qkv.shape[0];
  const { q, k, v } = parts(qkv, shape); // [n, heads, d]
  const turned = (x: tf.Tensor3D, norm: tf.Tensor1D | undefined) => {
    const normed = norm ? normHeads(x, norm, options).y : x;
    return options.angles ? turn(normed, options.angles, false) : normed;
  };
  return [
    tf.reshape(turned(q, options.qNorm), [n, heads * d]),
    tf.reshape(tf.concat([turned(k, options.kNorm), v], 1), [n, 2 * kvHeads * d]),
  ];
}

/** @returns dqkv as qkv, then the wanted gradients of the norms that there are */
export function rotateHeadsGradientComposed(inputs: RotateHeadsGradientInputs): tf.Tensor[] {
  const { dq, dkv, qkv, shape, options, wantsNorms } = inputs;
  const { heads, kvHeads, headDim: d } = shape;
  const n = qkv.shape[0];
  const { q, k } = parts(qkv, shape);
  const dKeys = tf.slice(tf.reshape(dkv, [n, 2 * kvHeads, d]), [0, 0, 0], [n, kvHeads, d]);
  const dValues = tf.slice(tf.reshape(dkv, [n, 2 * kvHeads, d]), [0, kvHeads, 0], [n, kvHeads, d]);
  const norms: tf.Tensor[] = [];
  const back = (dTurned: tf.Tensor3D, x: tf.Tensor3D, norm: tf.Tensor1D | undefined) => {
    const dy = options.angles ? turn(dTurned, options.angles, true) : dTurned;
    if (norm === undefined) return dy;
    const { dx, dWeight } = normHeadsGradient(dy, x, norm, options);
    if (wantsNorms) norms.push(dWeight);
    return dx;
  };
  const dQueries = back(tf.reshape(dq, [n, heads, d]) as tf.Tensor3D, q, options.qNorm);
  const dx = tf.concat(
    [dQueries, back(dKeys as tf.Tensor3D, k, options.kNorm), dValues as tf.Tensor3D],
    1,
  );
  return [tf.reshape(dx, [n, (heads + 2 * kvHeads) * d]), ...norms];
}

/** [n, heads, d] each */
function parts(qkv: tf.Tensor2D, { heads, kvHeads, headDim: d }: RotateHeadsInputs['shape']) {
  const n = qkv.shape[0];
  const split = tf.reshape(qkv, [n, heads + 2 * kvHeads, d]);
  const from = (first: number, count: number) =>
    tf.slice(split, [0, first, 0], [n, count, d]) as tf.Tensor3D;
  return {
    q: from(0, heads),
    k: from(heads, kvHeads),
    v: from(heads + kvHeads, kvHeads),
  };
}

type NormOptions = Pick<RotateHeadsOptions, 'eps' | 'plusOne'>;

/** y = x / rms * (1 +) weight over the last axis. @param x [n, heads, d] */
function normHeads(x: tf.Tensor3D, weight: tf.Tensor1D, { eps, plusOne }: NormOptions) {
  const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(x), 2, true), eps)); // [n, heads, 1]
  const normal = tf.mul(x, inverse);
  const factor = plusOne ? tf.add(weight, 1) : weight;
  return { y: tf.mul(normal, factor) as tf.Tensor3D, normal, inverse, factor };
}

/** With g = dy * factor: dx = (g - normal * mean(g * normal)) / rms; dweight = sum(dy * normal). */
function normHeadsGradient(
  dy: tf.Tensor3D,
  x: tf.Tensor3D,
  weight: tf.Tensor1D,
  options: NormOptions,
) {
  const { normal, inverse, factor } = normHeads(x, weight, options);
  const g = tf.mul(dy, factor);
  const overlap = tf.mean(tf.mul(g, normal), 2, true); // [n, heads, 1]
  return {
    dx: tf.mul(tf.sub(g, tf.mul(normal, overlap)), inverse) as tf.Tensor3D,
    dWeight: tf.sum(tf.mul(dy, normal), [0, 1]) as tf.Tensor1D,
  };
}

/** Turns the pairs (i, i + d/2) of x [n, heads, d], or turns them back: the gradient of the rotation. */
function turn(x: tf.Tensor3D, { cos, sin }: RotaryAngles, inverse: boolean): tf.Tensor3D {
  const [n, heads, d] = x.shape;
  const half = d / 2;
  const c = tf.reshape(cos, [n, 1, half]);
  const s = tf.reshape(inverse ? tf.neg(sin) : sin, [n, 1, half]);
  const first = tf.slice(x, [0, 0, 0], [n, heads, half]);
  const second = tf.slice(x, [0, 0, half], [n, heads, half]);
  return tf.concat(
    [tf.sub(tf.mul(first, c), tf.mul(second, s)), tf.add(tf.mul(second, c), tf.mul(first, s))],
    2,
  ) as tf.Tensor3D;
}
