// What a model thinks of every edge of a trie: the raw material of exact scores.
import { cutTrie } from '../core/targets/cut.ts';
import type { Trie } from '../core/targets/trie.ts';
import type { Decoder } from '../model/decoder.ts';
import type { LoraAdapter } from '../model/lora.ts';
import { TreeCache } from '../model/tree-cache.ts';
import { targetLogProbabilities } from '../tensor/ops/trie-loss/trie-loss.ts';
import type * as tf from '../tensor/tf.ts';

export interface ScoringOptions {
  /** Scores the adapted model. */
  readonly adapter?: LoraAdapter;
  /** Of the softmax, 1 unless given: what sampling at this temperature would give. */
  readonly temperature?: number;
  /** Heard between passes: the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Nodes per pass: bounds the attention weights and the logits that exist at once. */
const NODES = 128;

/**
 * Natural log-probability of each edge's token given the prompt and the node's prefix, over the
 * whole vocabulary. The prompt passes the model once, every node once and again for pieces that need
 * it as an ancestor.
 * @returns [edges], in the trie's order
 */
export async function edgeLogProbabilities(
  decoder: Decoder,
  prompt: readonly number[],
  trie: Trie,
  { adapter, temperature = 1, signal }: ScoringOptions = {},
): Promise<Float64Array> {
  const result = new Float64Array(trie.edgeToken.length);
  const deepest = trie.depth.reduce((a, b) => Math.max(a, b), 0);
  const cache = new TreeCache(decoder, {
    capacity: prompt.length + 2 * Math.max(NODES, deepest),
    ...(adapter && { adapter }),
  });
  try {
    // The root of the trie is the prompt's last token.
    const chain = Int32Array.from(prompt, (_, i) => i - 1);
    const last = Int32Array.of(prompt.length - 1);
    const root = cache.append(Int32Array.from(prompt), chain, last);
    await scored(result, trie, [0], root, decoder, temperature);
    if (trie.nodeCount === 1) return result;
    for (const piece of cutTrie(trie, Math.max(NODES, 2 * deepest))) {
      signal?.throwIfAborted();
      cache.truncate(prompt.length);
      const slots = Array.from(piece.node, (_, slot) => slot).slice(1);
      const owned = slots.filter((slot) => !piece.repeated[slot]);
      const hidden = cache.append(
        piece.token.subarray(1),
        piece.parent.subarray(1).map((parent) => prompt.length - 1 + parent),
        Int32Array.from(owned, (slot) => slot - 1),
      );
      const nodes = owned.map((slot) => piece.node[slot]!);
      await scored(result, trie, nodes, hidden, decoder, temperature);
    }
    return result;
  } finally {
    cache.dispose();
  }
}

/** Writes the log-probabilities of all edges of some nodes. @param hidden [nodes, width], disposed */
async function scored(
  result: Float64Array,
  { edgeStart, edgeToken }: Trie,
  nodes: readonly number[],
  hidden: tf.Tensor2D,
  { head, spec: { finalSoftCap } }: Decoder,
  temperature: number,
): Promise<void> {
  const edges = nodes.map((node) => [edgeStart[node]!, edgeStart[node + 1]!] as const);
  const start = [0];
  for (const [first, end] of edges) start.push(start.at(-1)! + end - first);
  const token = edges.flatMap(([first, end]) => Array.from(edgeToken.subarray(first, end)));
  const targets = { start: Int32Array.from(start), token: Int32Array.from(token) };
  const options = { temperature, ...(finalSoftCap !== null && { softCap: finalSoftCap }) };
  try {
    const values = await targetLogProbabilities(hidden, head, targets, options);
    edges.forEach(([first, end], i) => {
      result.set(values.subarray(start[i], start[i]! + end - first), first);
    });
  } finally {
    hidden.dispose();
  }
}
