// Reads the whole answers back from a supervision.
import type { Supervision } from '../../../src/core/targets/supervision.ts';

/** Every path that ends with token `end`, with the weight of its last token. */
export function corpusPaths(trie: Supervision, end = 1): { tokens: number[]; weight: number }[] {
  const paths: { tokens: number[]; weight: number }[] = [];
  for (let node = 0; node < trie.nodeCount; node++) {
    for (let i = trie.targetStart[node]!; i < trie.targetStart[node + 1]!; i++) {
      if (trie.targetToken[i] !== end) continue;
      const tokens = [end];
      for (let above = node; above > 0; above = trie.parent[above]!) {
        tokens.unshift(trie.token[above]!);
      }
      paths.push({ tokens, weight: trie.weight[node]! * trie.targetProbability[i]! });
    }
  }
  return paths;
}
