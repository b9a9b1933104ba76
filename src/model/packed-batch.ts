// A padded batch of packed tries: what the decoder consumes.

/**
 * Each row holds one prompt (slots `0 .. promptSlots`) and then trie nodes in depth-first order
 * (slots `promptSlots .. promptSlots + nodeSlots`). A prompt token sees the prompt up to itself; a
 * node sees its row's whole prompt, its ancestors and itself. Unused slots are padding: they see
 * only themselves and nobody sees them. The root of a trie is the last prompt token, not a slot.
 */
export interface PackedBatch {
  readonly rows: number;
  readonly promptSlots: number;
  readonly nodeSlots: number;
  /** [rows] tokens in each prompt, at least 1. */
  readonly promptLengths: Int32Array;
  /** [rows, promptSlots + nodeSlots] token ids; 0 in padding. */
  readonly tokens: Int32Array;
  /** [rows, promptSlots + nodeSlots] rotary positions: index in the prompt, or prompt length + depth - 1. */
  readonly positions: Int32Array;
  /**
   * [rows, nodeSlots] parent of each node as a node slot of the same row; -1 for children of the
   * root (the last prompt token), -2 for padding. Parents precede children.
   */
  readonly parents: Int32Array;
  /**
   * [outputs] flat indices into [rows * (promptSlots + nodeSlots)] of the positions whose hidden
   * state is wanted: logits are computed nowhere else.
   */
  readonly outputs: Int32Array;
}
