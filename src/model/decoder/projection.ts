// One group of the decoder's linear maps with its bias and LoRA branch, forward and backward.
import {
  linear,
  linearBiasGradient,
  linearInputGradient,
  linearWeightGradient,
  loraGradient,
} from '../../tensor/ops/linear/linear.ts';
import type * as tf from '../../tensor/tf.ts';
import { layerName } from '../spec/fused-tensors.ts';
import type { LinearGroup } from '../spec/fused-tensors.ts';
import type { Gradients } from './parameters.ts';
import type { PassContext } from './pass-context.ts';

/** What the backward pass needs of the forward pass. */
export interface ProjectionSaved {
  /** [n, in] */
  readonly x: tf.Tensor2D;
  /** [n, parts * rank] what passed the branch's A */
  readonly low?: tf.Tensor2D;
}

/** @param x [n, in] @param residual [n, out], added to the result @returns y [n, out] */
export function project(
  group: LinearGroup,
  layer: number,
  x: tf.Tensor2D,
  { weights, adapter, dropout }: PassContext,
  residual?: tf.Tensor2D,
): { y: tf.Tensor2D; saved: ProjectionSaved } {
  const bias = weights.vector(layerName(layer, `${group}.bias`));
  const lora = adapter?.branch(layer, group, dropout);
  const { y, low } = linear(x, weights.matrix(layerName(layer, `${group}.weight`)), {
    ...(bias && { bias }),
    ...(residual && { residual }),
    ...(lora && { lora }),
  });
  return { y, saved: low ? { x, low } : { x } };
}

/**
 * Leaves the wanted gradients and returns that of the input, [n, in]; undefined if not `wantsInput`.
 * @param dy [n, out]
 */
export function projectBackward(
  group: LinearGroup,
  layer: number,
  dy: tf.Tensor2D,
  { x, low }: ProjectionSaved,
  { weights, adapter, dropout }: PassContext,
  gradients: Gradients,
  wantsInput = true,
): tf.Tensor2D | undefined {
  const name = layerName(layer, group);
  const [weight, bias] = [`${name}.weight`, `${name}.bias`];
  if (gradients.wants(weight)) gradients.add(weight, linearWeightGradient(dy, x));
  if (gradients.wants(bias)) gradients.add(bias, linearBiasGradient(dy));
  const lora = adapter?.branch(layer, group, dropout);
  if (lora === undefined || low === undefined) {
    return wantsInput ? linearInputGradient(dy, weights.matrix(weight)) : undefined;
  }
  const dLow = loraGradient(dy, x, low, lora, gradients.adapter!);
  return wantsInput ? linearInputGradient(dy, weights.matrix(weight), { lora, dLow }) : undefined;
}
