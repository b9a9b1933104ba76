// What the decoder is fed after a prompt, and what it is told at every node.

/**
 * A (sub-)trie with a weighted next-token target at each node: the one currency of training.
 * Soft and hard targets, single paths and whole tries differ only in these numbers.
 *
 * Batch loss = sum over supervisions and nodes of weight * cross-entropy(target, model), divided by
 * the sum of the supervisions' `normalizer`. The reference reports KL instead of cross-entropy for
 * soft targets; the difference is `targetEntropy`, a constant without gradient.
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
  /** [nodes + 1] the targets of node i are `targetStart[i] .. targetStart[i + 1]`; none where the weight is 0. */
  readonly targetStart: Int32Array;
  readonly targetToken: Int32Array;
  /** Sums to 1 over the targets of a node with weight. */
  readonly targetProbability: Float64Array;
  /**
   * What this supervision adds to the batch's divisor. Soft from K answers: K (so the batch loss is
   * the reference's mean over paths of the mean over steps); whole trie: 1 (mean sequence loss per
   * prompt); hard and plain paths: the sum of the weights (= answer tokens, the reference's mean
   * over all answer tokens of the batch).
   */
  readonly normalizer: number;
}

/**
 * Sum over nodes of weight * entropy(target) in nats: weighted cross-entropy minus weighted KL.
 * @example
 * import { buildTrie, choiceSpace, targetEntropy, wholeTrieTargets } from 'calibration-lab/tries';
 *
 * const space = choiceSpace([{ value: '12', weight: 1 }, { value: '15', weight: 3 }]);
 * const trie = buildTrie(space, (text) => [...text].map(Number), 10);
 * targetEntropy(wholeTrieTargets(trie)); // => 0.562335
 */
export function targetEntropy(supervision: Supervision): number {
  const { nodeCount, weight, targetStart, targetProbability } = supervision;
  let total = 0;
  for (let node = 0; node < nodeCount; node++) {
    let entropy = 0;
    for (let i = targetStart[node]!; i < targetStart[node + 1]!; i++) {
      const p = targetProbability[i]!;
      if (p > 0) entropy -= p * Math.log(p);
    }
    total += weight[node]! * entropy;
  }
  return total;
}
