// The trie of all tokenized answers: shared prefixes once, with exact next-token probabilities.

/** What a model is asked about a trie: its nodes, and the next tokens of each. */
export type TokenTree = Pick<
  Trie,
  'nodeCount' | 'parent' | 'token' | 'depth' | 'edgeStart' | 'edgeToken'
>;

/** No more of a trie than a model needs to be asked about it. */
export const treeOf = (trie: TokenTree): TokenTree => {
  const { nodeCount, parent, token, depth, edgeStart, edgeToken } = trie;
  return { nodeCount, parent, token, depth, edgeStart, edgeToken };
};

/**
 * Nodes are the proper prefixes of (answer tokens + end token), in depth-first order, children by
 * first appearance; node 0 is the empty prefix. Complete sequences are edges without a child node.
 * Edges of node i are `edgeStart[i] .. edgeStart[i + 1]`, in order of first appearance.
 */
export interface Trie {
  readonly nodeCount: number;
  /** [nodes] index of the parent node; -1 for the root. Parents precede children. */
  readonly parent: Int32Array;
  /** [nodes] token consumed to arrive here; -1 for the root. */
  readonly token: Int32Array;
  /** [nodes] number of tokens consumed. */
  readonly depth: Int32Array;
  /** [nodes] probability that an answer has this prefix. */
  readonly mass: Float64Array;
  /** [nodes + 1] */
  readonly edgeStart: Int32Array;
  /** [edges] next token. */
  readonly edgeToken: Int32Array;
  /** [edges] probability of that token given the node's prefix; sums to 1 over a node's edges. */
  readonly edgeProbability: Float64Array;
  /** [edges] node the edge leads to; -1 where the edge completes an answer. */
  readonly edgeChild: Int32Array;
  /** [edges] index of the answer that the edge completes; -1 elsewhere. */
  readonly edgeAnswer: Int32Array;
  /** [answers] edge that completes the answer. */
  readonly answerEdge: Int32Array;
  /** [answers] node whose prefix is the whole answer; the end token follows. Its depth + 1 = steps. */
  readonly answerNode: Int32Array;
}
