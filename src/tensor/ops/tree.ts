// The tree that the slots of every row form: who hangs from whom, and so who sees whom.
import * as tf from '../tf.ts';

/** The tree's arrays on the host. A slot sees itself and its ancestors. */
export interface TreeValues {
  /**
   * [rows * slots] slot of the parent in the same row, an earlier one; -1 without; -2 in padding
   * (padding sees only itself).
   */
  readonly parents: Int32Array;
  /**
   * [rows * slots] one past the last slot that sees this one. In depth-first order the slots that see
   * it are exactly slot .. end - 1. Only the gradient reads it.
   */
  readonly ends: Int32Array;
  /** [rows] leading slots that form a chain, the prompt: all later slots of the row but padding see them. */
  readonly chain: Int32Array;
  /** [rows * slots] number of ancestors. */
  readonly depths: Int32Array;
}

export interface Tree {
  readonly rows: number;
  /** Per row. */
  readonly slots: number;
  readonly host: TreeValues;
  /** These are int32 and hold what `host` does. */
  readonly parents: tf.Tensor1D;
  readonly ends: tf.Tensor1D;
  readonly chain: tf.Tensor1D;
  readonly depths: tf.Tensor1D;
}

/** The tensors are the caller's; inside `tf.tidy` they end with it. */
export function treeTensors(rows: number, slots: number, host: TreeValues): Tree {
  return {
    rows,
    slots,
    host,
    parents: tf.tensor1d(host.parents, 'int32'),
    ends: tf.tensor1d(host.ends, 'int32'),
    chain: tf.tensor1d(host.chain, 'int32'),
    depths: tf.tensor1d(host.depths, 'int32'),
  };
}
