// What the decoder is fed after a prompt, and what it is told at every node.

/**
 * A (sub-)trie with a weighted next-token target at each node: the one currency of training.
 * Soft and hard targets, single paths and whole tries differ only in these numbers.
 * Loss = sum over nodes of weight * cross-entropy(target, model), divided by the batch's normaliser.
 */
export interface Supervision {
  readonly nodeCount: number;
  /** [nodes] parent node, -1 for the root (= the last prompt position). Parents precede children. */
  readonly parent: Int32Array;
  /** [nodes] token fed at the node, -1 for the root. */
  readonly token: Int32Array;
  /** [nodes] */
  readonly depth: Int32Array;
  /** [nodes] weight of the node's loss; 0 where nothing is asked. */
  readonly weight: Float64Array;
  /** [nodes + 1] the targets of node i are `targetStart[i] .. targetStart[i + 1]`. */
  readonly targetStart: Int32Array;
  readonly targetToken: Int32Array;
  /** Sums to 1 over the targets of a node. */
  readonly targetProbability: Float64Array;
}
