// Hard targets for answers of a trie.
import { mergePaths } from '../../src/core/targets/merge-paths.ts';
import type { Supervision } from '../../src/core/targets/supervision.ts';
import type { Trie } from '../../src/core/targets/trie.ts';

export const hardTargets = (trie: Trie, answers: Int32Array): Supervision =>
  mergePaths(Array.from(answers, (answer) => ({ tokens: pathOf(trie, answer) })));

/** Tokens from the root to the end of an answer. */
function pathOf(trie: Trie, answer: number): number[] {
  const tokens = [trie.edgeToken[trie.answerEdge[answer]!]!];
  for (let node = trie.answerNode[answer]!; node > 0; node = trie.parent[node]!) {
    tokens.unshift(trie.token[node]!);
  }
  return tokens;
}
