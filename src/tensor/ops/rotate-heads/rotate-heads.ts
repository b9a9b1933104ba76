// From the fused projection to attention's inputs: heads of q and k normed, where asked for, and turned.
import { defineKernel } from '../../kernel.ts';
import type * as tf from '../../tf.ts';
import { rotateHeadsComposed, rotateHeadsGradientComposed } from './rotate-heads-composed.ts';
import type {
  HeadsShape,
  RotateHeadsGradientInputs,
  RotateHeadsInputs,
  RotateHeadsOptions,
} from './rotate-heads-inputs.ts';

export type { HeadsShape, RotateHeadsOptions } from './rotate-heads-inputs.ts';

export const rotateHeadsKernel = defineKernel<RotateHeadsInputs>(
  'LabRotateHeads',
  rotateHeadsComposed,
);
export const rotateHeadsGradientKernel = defineKernel<RotateHeadsGradientInputs>(
  'LabRotateHeadsGradient',
  rotateHeadsGradientComposed,
);

/**
 * @param qkv [n, (heads + 2 kvHeads) headDim]: all heads of q, then k, then v
 * @returns q [n, heads * headDim]; kv [n, 2 kvHeads * headDim]: keys, then values
 */
export function rotateHeads(
  qkv: tf.Tensor2D,
  shape: HeadsShape,
  options: RotateHeadsOptions,
): { q: tf.Tensor2D; kv: tf.Tensor2D } {
  const [q, kv] = rotateHeadsKernel({ qkv, shape, options });
  return { q: q as tf.Tensor2D, kv: kv as tf.Tensor2D };
}

/**
 * @param qkv the input of the forward pass
 * @returns dqkv [n, (heads + 2 kvHeads) headDim]; with `wantsNorms` the gradients of the norms that
 *   there are, [headDim] each
 */
export function rotateHeadsGradient(
  dq: tf.Tensor2D,
  dkv: tf.Tensor2D,
  qkv: tf.Tensor2D,
  shape: HeadsShape,
  { wantsNorms, ...options }: RotateHeadsOptions & { readonly wantsNorms: boolean },
): { dqkv: tf.Tensor2D; dQNorm?: tf.Tensor1D; dKNorm?: tf.Tensor1D } {
  const [dqkv, ...norms] = rotateHeadsGradientKernel({
    dq,
    dkv,
    qkv,
    shape,
    options,
    wantsNorms,
  });
  const next = () => norms.shift() as tf.Tensor1D;
  return {
    dqkv: dqkv as tf.Tensor2D,
    ...(wantsNorms && options.qNorm && { dQNorm: next() }),
    ...(wantsNorms && options.kNorm && { dKNorm: next() }),
  };
}
