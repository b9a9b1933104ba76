// A padded batch of packed tries: what the decoder consumes.

/**
 * Each row holds one prompt and then the nodes of a trie in depth-first order, in `slots` slots.
 * All of it is one tree: a prompt is a chain, the first nodes hang from its last token (the root of
 * the trie is that token, not a slot of its own). A token sees its ancestors and itself, so nodes see
 * the whole prompt but not each other's branches. Padding at the end of a row sees only itself.
 */
export interface PackedBatch {
  readonly rows: number;
  readonly slots: number;
  /** [rows] tokens in each prompt, at least 1: the slots that all nodes of the row see. */
  readonly promptLengths: Int32Array;
  /** [rows, slots] token ids; 0 in padding. */
  readonly tokens: Int32Array;
  /** [rows, slots] rotary positions: the number of ancestors. */
  readonly positions: Int32Array;
  /** [rows, slots] slot of the parent in the same row, always an earlier one; -1 without; -2 in padding. */
  readonly parents: Int32Array;
  /**
   * [outputs] flat indices into [rows * slots] of the positions whose hidden state is wanted: logits
   * are computed nowhere else.
   */
  readonly outputs: Int32Array;
}
