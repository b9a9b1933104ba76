// Root-mean-square normalisation: y = weight * x / sqrt(mean(x^2) + eps), over the last axis.
import { sumRows } from './sum-rows.ts';
import * as tf from '../tf.ts';

/** @param x [n, width] @param weight [width] @returns [n, width] */
export function rmsNorm(x: tf.Tensor2D, weight: tf.Tensor1D, eps: number): tf.Tensor2D {
  return tf.tidy(() => tf.mul(tf.mul(x, inverseRms(x, eps)), weight));
}

/**
 * With xh = x / rms and g = dy * weight: dx = (g - xh * mean(g * xh)) / rms, dweight = sum(dy * xh).
 * @param dy [n, width] @param x [n, width]: the input of the forward pass
 */
export function rmsNormGradient(
  dy: tf.Tensor2D,
  x: tf.Tensor2D,
  weight: tf.Tensor1D,
  eps: number,
  wantsWeight: boolean,
): { dx: tf.Tensor2D; dWeight?: tf.Tensor1D } {
  return tf.tidy(() => {
    const inverse = inverseRms(x, eps); // [n, 1]
    const normal = tf.mul(x, inverse) as tf.Tensor2D;
    const g = tf.mul(dy, weight);
    const overlap = tf.mean(tf.mul(g, normal), 1, true); // [n, 1]
    const dx = tf.mul(tf.sub(g, tf.mul(normal, overlap)), inverse) as tf.Tensor2D;
    return wantsWeight ? { dx, dWeight: sumRows(tf.mul(dy, normal)) } : { dx };
  });
}

/** @returns [n, 1] */
function inverseRms(x: tf.Tensor2D, eps: number): tf.Tensor2D {
  return tf.rsqrt(tf.add(tf.mean(tf.square(x), 1, true), eps));
}
