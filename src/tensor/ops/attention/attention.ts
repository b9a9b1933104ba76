// Grouped-query attention in which every slot of a tree sees itself and its ancestors.
import { defineKernel } from '../../kernel.ts';
import type * as tf from '../../tf.ts';
import type { Tree } from '../tree.ts';
import { attentionComposed, attentionGradientComposed } from './attention-composed.ts';
import type {
  AttentionGradientInputs,
  AttentionInputs,
  AttentionOptions,
  AttentionShape,
} from './attention-shape.ts';

export type { AttentionOptions, AttentionShape } from './attention-shape.ts';
export { writeRows } from './write-rows.ts';

export const attentionKernel = defineKernel<AttentionInputs>('LabAttention', attentionComposed);
export const attentionGradientKernel = defineKernel<AttentionGradientInputs>(
  'LabAttentionGradient',
  attentionGradientComposed,
);

/** What the backward pass needs of the forward pass; `y` and `logSum` as `attention` returned them. */
export interface AttentionSaved {
  readonly y: tf.Tensor2D;
  readonly logSum: tf.Tensor2D;
  readonly q: tf.Tensor2D;
  readonly kv: tf.Tensor2D;
}

/**
 * @param q [rows * queries, heads * headDim]
 * @param kv [rows * slots, 2 kvHeads * headDim]: all heads' keys, then all heads' values. A single row
 *   may have more behind: a cache with spare capacity.
 * @returns y [rows * queries, heads * headDim]; logSum [rows * queries, heads]: the natural logarithm of
 *   the sum of exp(score), the sink's included
 */
export function attention(
  q: tf.Tensor2D,
  kv: tf.Tensor2D,
  tree: Tree,
  shape: AttentionShape,
  { sinks }: AttentionOptions = {},
): { y: tf.Tensor2D; logSum: tf.Tensor2D } {
  const [y, logSum] = attentionKernel({ q, kv, tree, shape, sinks });
  return { y: y as tf.Tensor2D, logSum: logSum as tf.Tensor2D };
}

/**
 * The gradients of attention in which all slots are queries. Sinks are constants.
 * @param dy [rows * slots, heads * headDim]
 * @returns dq [rows * slots, heads * headDim], dkv [rows * slots, 2 kvHeads * headDim]
 */
export function attentionGradient(
  dy: tf.Tensor2D,
  saved: AttentionSaved,
  tree: Tree,
  shape: AttentionShape,
  { sinks }: AttentionOptions = {},
): { dq: tf.Tensor2D; dkv: tf.Tensor2D } {
  const [dq, dkv] = attentionGradientKernel({ dy, ...saved, tree, shape, sinks });
  return { dq: dq as tf.Tensor2D, dkv: dkv as tf.Tensor2D };
}
