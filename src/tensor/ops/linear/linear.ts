// y = x W^T with bias, residual and a LoRA branch, and the gradients of its parts.
import { transposed } from '../../mat-mul.ts';
import type { Matrix } from '../../matrix.ts';
import * as tf from '../../tf.ts';
import {
  inputGradientKernel,
  linearKernel,
  loraGradientKernel,
  sumsKernel,
} from './linear-kernels.ts';
import type { LoraBranch } from './lora-branch.ts';

export type { LoraBranch, LoraPart, RowsWithin } from './lora-branch.ts';

/**
 * y = x W^T + bias + residual + scaling * B (A dropout(x)).
 * @param x [n, in] @param weight [out, in]
 * @returns y [n, out], and low [n, parts * rank] = A dropout(x) if there is a branch
 */
export function linear(
  x: tf.Tensor2D,
  weight: Matrix,
  options: { bias?: tf.Tensor1D; residual?: tf.Tensor2D; lora?: LoraBranch } = {},
): { y: tf.Tensor2D; low?: tf.Tensor2D } {
  const [y, low] = linearKernel({ x, weight, ...options }) as [tf.Tensor2D, tf.Tensor2D?];
  return low === undefined ? { y } : { y, low };
}

/**
 * Adds dA and dB to `gradient` IN PLACE, where the branch has A and B in its parameters.
 * @param dy [n, out] @param x [n, in] @param low [n, parts * rank] of the forward pass
 * @param gradient [total] the caller's running sum
 * @returns dLow [n, parts * rank] = scaling * dy B
 */
export function loraGradient(
  dy: tf.Tensor2D,
  x: tf.Tensor2D,
  low: tf.Tensor2D,
  lora: LoraBranch,
  gradient: tf.Tensor1D,
): tf.Tensor2D {
  return loraGradientKernel({ dy, x, low, lora, gradient })[0] as tf.Tensor2D;
}

/** dx [n, in] = dy W + dropout'(dLow A) + added. @param dy [n, out] */
export function linearInputGradient(
  dy: tf.Tensor2D,
  weight: Matrix,
  options: { lora?: LoraBranch; dLow?: tf.Tensor2D; added?: tf.Tensor2D } = {},
): tf.Tensor2D {
  return inputGradientKernel({ dy, weight, ...options })[0] as tf.Tensor2D;
}

/** Gradient of the weight. @param dy [n, out] @param x [n, in] @returns [out, in] */
export function linearWeightGradient(dy: tf.Tensor2D, x: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => sumsKernel({ a: transposed(dy), b: x })[0] as tf.Tensor2D);
}

/** Gradient of the bias. @param dy [n, out] @returns [out] */
export function linearBiasGradient(dy: tf.Tensor2D): tf.Tensor1D {
  const [n, outputs] = dy.shape;
  return tf.tidy(() => tf.reshape(sumsKernel({ a: tf.ones([1, n]), b: dy })[0]!, [outputs]));
}
