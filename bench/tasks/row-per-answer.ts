// Exact scores as they are without a trie: the prompt again for every answer, a row each.
import { mergePaths } from '../../src/core/targets/merge-paths.ts';
import type { Trie } from '../../src/core/targets/trie.ts';
import type { Decoder } from '../../src/model/decoder/decoder.ts';
import { pack } from '../../src/model/decoder/pack.ts';
import { targetLogProbabilities } from '../../src/tensor/ops/trie-loss/trie-loss.ts';
import * as tf from '../../src/tensor/tf.ts';

/**
 * Log-probabilities of the edges of some answers, as `edgeLogProbabilities` has them.
 * @param paths [answers][steps] edges of every answer
 * @param together rows that pass the model at a time
 * @returns [edges], 0 where no path leads
 */
export async function rowPerAnswer(
  decoder: Decoder,
  prompt: readonly number[],
  { edgeToken }: Trie,
  paths: readonly (readonly number[])[],
  together: number,
): Promise<Float64Array> {
  const result = new Float64Array(edgeToken.length);
  for (let first = 0; first < paths.length; first += together) {
    const group = paths.slice(first, first + together);
    const examples = group.map((path) => ({
      prompt,
      supervision: mergePaths([{ tokens: path.map((edge) => edgeToken[edge]!) }]),
    }));
    const { batch, targets } = pack(examples);
    const hidden = tf.tidy(() => decoder.forward(batch).hidden);
    const values = await targetLogProbabilities(hidden, decoder.head, targets);
    hidden.dispose();
    group.flat().forEach((edge, i) => (result[edge] = values[i]!));
  }
  return result;
}

/** [answers][steps] the edges of every answer, the one of its end token last. */
export function edgePaths(trie: Trie): number[][] {
  const { edgeChild, answerEdge, answerNode, parent, nodeCount } = trie;
  const incoming = new Int32Array(nodeCount);
  edgeChild.forEach((child, edge) => {
    if (child >= 0) incoming[child] = edge;
  });
  return Array.from(answerEdge, (last, answer) => {
    const path = [last];
    for (let node = answerNode[answer]!; node > 0; node = parent[node]!) path.push(incoming[node]!);
    return path.reverse();
  });
}
