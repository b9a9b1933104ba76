// One linear map of the decoder with its bias and its LoRA branch, forward and backward.
import { matMul } from '../tensor/mat-mul.ts';
import {
  linear,
  linearBiasGradient,
  linearInputGradient,
  linearWeightGradient,
} from '../tensor/ops/linear.ts';
import * as tf from '../tensor/tf.ts';
import { loraNames } from './lora.ts';
import type { Dropout, LoraAdapter } from './lora.ts';
import type { Gradients, Parameters } from './parameters.ts';

/** What a forward pass is made with. */
export interface PassContext {
  readonly weights: Parameters;
  readonly adapter?: LoraAdapter;
  /** Present while training an adapter with dropout. */
  readonly dropout?: Dropout;
}

/** What the backward pass needs of a projection's forward pass. */
export interface ProjectionSaved {
  /** [n, in] */
  readonly x: tf.Tensor2D;
  /** [n, in] dropout mask of the adapter's input */
  readonly mask?: tf.Tensor2D;
}

/** @param x [n, in] @returns y [n, out] */
export function project(
  module: string,
  x: tf.Tensor2D,
  { weights, adapter, dropout }: PassContext,
): { y: tf.Tensor2D; saved: ProjectionSaved } {
  const weight = weights.get(`${module}.weight`) as tf.Tensor2D;
  const bias = weights.get(`${module}.bias`) as tf.Tensor1D | undefined;
  const base = linear(x, weight, bias);
  const lora = loraOf(module, adapter);
  if (lora === undefined) return { y: base, saved: { x } };
  const mask = dropout?.mask(x.shape[0], x.shape[1]);
  const y = tf.tidy(() => {
    const low = matMul(mask ? tf.mul(x, mask) : x, lora.a, false, true); // [n, rank]
    return tf.add(base, tf.mul(matMul(low, lora.b, false, true), lora.scaling));
  });
  return { y: y as tf.Tensor2D, saved: mask ? { x, mask } : { x } };
}

/** Leaves the wanted gradients and returns that of the input. @param dy [n, out] @returns [n, in] */
export function projectBackward(
  module: string,
  dy: tf.Tensor2D,
  { x, mask }: ProjectionSaved,
  { weights, adapter }: PassContext,
  gradients: Gradients,
): tf.Tensor2D {
  const name = { weight: `${module}.weight`, bias: `${module}.bias` };
  if (gradients.wants(name.weight)) gradients.add(name.weight, linearWeightGradient(dy, x));
  if (gradients.wants(name.bias)) gradients.add(name.bias, linearBiasGradient(dy));
  const dx = linearInputGradient(dy, weights.get(name.weight) as tf.Tensor2D);
  const lora = loraOf(module, adapter);
  if (lora === undefined) return dx;

  const names = loraNames(module);
  const scaled = tf.mul(dy, lora.scaling) as tf.Tensor2D;
  const input = mask ? (tf.mul(x, mask) as tf.Tensor2D) : x;
  const dLow = matMul(scaled, lora.b); // [n, rank]
  if (gradients.wants(names.b)) {
    const low = matMul(input, lora.a, false, true); // [n, rank]
    gradients.add(names.b, matMul(scaled, low, true, false));
  }
  if (gradients.wants(names.a)) gradients.add(names.a, matMul(dLow, input, true, false));
  const dInput = matMul(dLow, lora.a); // [n, in]
  return tf.add(dx, mask ? tf.mul(dInput, mask) : dInput);
}

function loraOf(module: string, adapter: LoraAdapter | undefined) {
  const { a, b } = loraNames(module);
  const tensors = [adapter?.parameters.get(a), adapter?.parameters.get(b)];
  if (adapter === undefined || tensors[0] === undefined || tensors[1] === undefined) return;
  return {
    a: tensors[0] as tf.Tensor2D,
    b: tensors[1] as tf.Tensor2D,
    scaling: adapter.scaling,
  };
}
