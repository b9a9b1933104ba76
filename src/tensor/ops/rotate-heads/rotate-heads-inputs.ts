// What the kernels that norm and turn heads are given.
import type * as tf from '../../tf.ts';
import type { RotaryAngles } from './angles.ts';

export interface HeadsShape {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
}

export interface RotateHeadsOptions {
  /** [n, headDim / 2] each; without them no head is turned. */
  readonly angles?: RotaryAngles;
  /** [headDim] weights of the RMS norm of every head of q; without it they are not normed. */
  readonly qNorm?: tf.Tensor1D;
  readonly kNorm?: tf.Tensor1D;
  readonly eps: number;
  /** Whether a norm multiplies by 1 + weight. */
  readonly plusOne: boolean;
}

export interface RotateHeadsInputs {
  /** [n, (heads + 2 kvHeads) headDim]: all heads of q, then k, then v */
  readonly qkv: tf.Tensor2D;
  readonly shape: HeadsShape;
  readonly options: RotateHeadsOptions;
}

export interface RotateHeadsGradientInputs extends RotateHeadsInputs {
  /** [n, heads * headDim] */
  readonly dq: tf.Tensor2D;
  /** [n, 2 kvHeads * headDim] */
  readonly dkv: tf.Tensor2D;
  readonly wantsNorms: boolean;
}
