// A padded batch of packed tries: what the decoder consumes.
import { treeTensors } from '../../tensor/ops/tree.ts';
import type { Tree } from '../../tensor/ops/tree.ts';

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

/** Who sees whom in a batch; made inside `tf.tidy`, it ends with it. */
export function batchTree({ rows, slots, promptLengths, positions, parents }: PackedBatch): Tree {
  return treeTensors(rows, slots, {
    parents,
    ends: descendantEnds(rows, slots, parents),
    chain: promptLengths,
    depths: positions,
  });
}

/** [rows, slots] one past the last slot that descends from this one: depth-first order makes them adjacent. */
function descendantEnds(rows: number, slots: number, parents: Int32Array): Int32Array {
  const ends = Int32Array.from({ length: rows * slots }, (_, i) => (i % slots) + 1);
  for (let row = 0; row < rows; row++) {
    for (let slot = slots - 1; slot > 0; slot--) {
      const parent = parents[row * slots + slot]!;
      if (parent < 0) continue;
      const above = row * slots + parent;
      ends[above] = Math.max(ends[above]!, ends[row * slots + slot]!);
    }
  }
  return ends;
}
