// The sizes of one attention, and what its kernels are given.
import type * as tf from '../../tf.ts';
import type { Tree } from '../tree.ts';

/** `heads` query heads, of which heads / kvHeads in a row share a head of keys and values. */
export interface AttentionShape {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** What q·k is multiplied by. */
  readonly scale: number;
  /** How many keys a query sees at most, its own included: key depth > query depth - window. */
  readonly window: number | null;
  /** Scores are softCap * tanh(score / softCap). */
  readonly softCap: number | null;
  /**
   * The queries are slots firstQuery .. firstQuery + queries - 1 of every row; all unless given. With
   * a cache, the earlier slots of the single row are keys of earlier passes.
   */
  readonly firstQuery?: number;
  readonly queries?: number;
}

export interface AttentionOptions {
  /** [heads] a logit per head that joins the softmax and has no value. */
  readonly sinks?: tf.Tensor1D;
}

export interface AttentionInputs {
  /** [rows * queries, heads * headDim] */
  readonly q: tf.Tensor2D;
  /** [rows * slots, 2 kvHeads * headDim] keys, then values; with one row there may be more behind. */
  readonly kv: tf.Tensor2D;
  readonly tree: Tree;
  readonly shape: AttentionShape;
  readonly sinks?: tf.Tensor1D | undefined;
}

export interface AttentionGradientInputs extends AttentionInputs {
  /** [rows * slots, heads * headDim] */
  readonly dy: tf.Tensor2D;
  /** [rows * slots, heads * headDim] */
  readonly y: tf.Tensor2D;
  /** [rows * slots, heads] */
  readonly logSum: tf.Tensor2D;
}

/** The queries of every row. */
export function queriesOf(
  shape: AttentionShape,
  { slots }: Tree,
): { first: number; count: number } {
  const { firstQuery: first = 0, queries: count = slots - first } = shape;
  return { first, count };
}
