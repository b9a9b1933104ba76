// y = x W^T + bias, and the gradients of its parts.
import { matMul } from '../mat-mul.ts';
import { sumRows } from './sum-rows.ts';
import * as tf from '../tf.ts';

/** @param x [n, in] @param weight [out, in] @param bias [out] @returns [n, out] */
export function linear(x: tf.Tensor2D, weight: tf.Tensor2D, bias?: tf.Tensor1D): tf.Tensor2D {
  return tf.tidy(() => {
    const product = matMul(x, weight, false, true);
    return bias === undefined ? product : tf.add(product, bias);
  });
}

/** Gradient of the input. @param dy [n, out] @param weight [out, in] @returns [n, in] */
export function linearInputGradient(dy: tf.Tensor2D, weight: tf.Tensor2D): tf.Tensor2D {
  return matMul(dy, weight);
}

/** Gradient of the weight. @param dy [n, out] @param x [n, in] @returns [out, in] */
export function linearWeightGradient(dy: tf.Tensor2D, x: tf.Tensor2D): tf.Tensor2D {
  return matMul(dy, x, true, false);
}

/** Gradient of the bias. @param dy [n, out] @returns [out] */
export function linearBiasGradient(dy: tf.Tensor2D): tf.Tensor1D {
  return sumRows(dy);
}
