// What a model thinks of every edge of a trie: the raw material of exact scores.
import { cutTrie } from '../core/targets/cut.ts';
import type { TokenTree } from '../core/targets/trie.ts';
import type { Decoder } from '../model/decoder/decoder.ts';
import type { LoraAdapter } from '../model/adapter/lora.ts';
import { TreeCache } from '../model/decoder/tree-cache.ts';
import { nodesPerPass } from '../model/spec/scoring-pass.ts';
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

/**
 * Natural log-probability of each edge's token given the prompt and the node's prefix, over the
 * whole vocabulary. The prompt passes the model once, every node once and again for pieces that need
 * it as an ancestor.
 * @returns [edges], in the trie's order
 */
export async function edgeLogProbabilities(
  decoder: Decoder,
  prompt: readonly number[],
  trie: TokenTree,
  { adapter, temperature = 1, signal }: ScoringOptions = {},
): Promise<Float64Array> {
  const result = new Float64Array(trie.edgeToken.length);
  const deepest = trie.depth.reduce((a, b) => Math.max(a, b), 0);
  const most = Math.max(nodesPerPass(decoder.spec), 2 * deepest);
  const cache = new TreeCache(decoder, {
    capacity: prompt.length + Math.min(most, trie.nodeCount),
    ...(adapter && { adapter }),
  });
  // The root of the trie is the prompt's last token.
  const root = prompt.length - 1;
  const chain = prompt.map((_, i) => i - 1);
  try {
    for (const piece of cutTrie(trie, most)) {
      signal?.throwIfAborted();
      cache.truncate(prompt.length);
      const known = cache.size; // the prompt is new to the first piece alone
      const tokens = joined(prompt, piece.token.subarray(1));
      const parents = joined(
        chain,
        piece.parent.subarray(1).map((slot) => root + slot),
      );
      const owned = [...piece.node.keys()].filter((slot) => !piece.repeated[slot]);
      const hidden = cache.append(
        tokens.subarray(known),
        parents.subarray(known),
        Int32Array.from(owned, (slot) => root + slot - known),
      );
      const nodes = owned.map((slot) => piece.node[slot]!);
      await scored(result, trie, nodes, hidden, decoder, temperature);
    }
    return result;
  } finally {
    cache.dispose();
  }
}

/** One after the other. A spread would put deep tries on the call stack. */
function joined(first: ArrayLike<number>, second: ArrayLike<number>): Int32Array {
  const whole = new Int32Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}

/** Writes the log-probabilities of all edges of some nodes. @param hidden [nodes, width], disposed */
async function scored(
  result: Float64Array,
  { edgeStart, edgeToken }: TokenTree,
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
