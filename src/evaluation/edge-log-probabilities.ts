// What a model thinks of every edge of a trie: the raw material of exact scores.
import { cutTrie } from '../core/targets/cut.ts';
import type { TriePiece } from '../core/targets/cut.ts';
import type { Supervision } from '../core/targets/supervision.ts';
import type { Trie } from '../core/targets/trie.ts';
import type { Decoder } from '../model/decoder.ts';
import type { LoraAdapter } from '../model/lora.ts';
import { pack } from '../model/pack.ts';
import { targetLogProbabilities } from '../tensor/ops/trie-loss.ts';
import * as tf from '../tensor/tf.ts';

export interface ScoringOptions {
  /** Scores the adapted model. */
  readonly adapter?: LoraAdapter;
  /** Heard between passes: the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Nodes per row and rows per pass: bounds the attention mask and the logits that exist at once. */
const SLOTS = 96;
const ROWS = 8;

/**
 * Natural log-probability of each edge's token given the prompt and the node's prefix, over the
 * whole vocabulary.
 * @returns [edges], in the trie's order
 */
export async function edgeLogProbabilities(
  decoder: Decoder,
  prompt: readonly number[],
  trie: Trie,
  { adapter, signal }: ScoringOptions = {},
): Promise<Float64Array> {
  const result = new Float64Array(trie.edgeToken.length);
  const deepest = trie.depth.reduce((a, b) => Math.max(a, b), 0);
  const pieces = cutTrie(trie, Math.max(SLOTS, 2 * deepest));
  for (let first = 0; first < pieces.length; first += ROWS) {
    signal?.throwIfAborted();
    const group = pieces.slice(first, first + ROWS);
    const examples = group.map((piece) => ({ prompt, supervision: everyEdge(trie, piece) }));
    const { batch, targets } = pack(examples);
    const hidden = tf.tidy(() => decoder.forward(batch, adapter ? { adapter } : {}).hidden);
    try {
      scatter(result, trie, group, await targetLogProbabilities(hidden, decoder.head, targets));
    } finally {
      hidden.dispose();
    }
  }
  return result;
}

/** Asks for all edges of the nodes that a piece owns. */
function everyEdge(trie: Trie, piece: TriePiece): Supervision {
  const start = [0];
  const token: number[] = [];
  piece.node.forEach((node, slot) => {
    if (!piece.repeated[slot]) {
      for (let e = trie.edgeStart[node]!; e < trie.edgeStart[node + 1]!; e++) {
        token.push(trie.edgeToken[e]!);
      }
    }
    start.push(token.length);
  });
  return {
    nodeCount: piece.nodeCount,
    parent: piece.parent,
    token: piece.token,
    depth: piece.depth,
    weight: Float64Array.from(piece.repeated, (repeated) => 1 - repeated),
    targetStart: Int32Array.from(start),
    targetToken: Int32Array.from(token),
    targetProbability: new Float64Array(token.length),
    normalizer: 1,
  };
}

/** Values come piece by piece, node by node: back to the trie's own order. */
function scatter(
  result: Float64Array,
  trie: Trie,
  pieces: readonly TriePiece[],
  values: Float64Array,
): void {
  let next = 0;
  for (const { node, repeated } of pieces) {
    for (const [slot, id] of node.entries()) {
      if (repeated[slot]) continue;
      for (let e = trie.edgeStart[id]!; e < trie.edgeStart[id + 1]!; e++)
        result[e] = values[next++]!;
    }
  }
}
