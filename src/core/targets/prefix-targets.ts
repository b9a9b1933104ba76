// The trie as the paper's code lists it: every prefix with its next tokens.
import type { Trie } from './trie.ts';

/** A prefix of answers with the exact distribution of what follows it. */
export interface PrefixTarget {
  readonly prefix: number[];
  /** Next tokens, by first appearance. */
  readonly next: number[];
  readonly probabilities: number[];
}

/**
 * Every node, in the order in which a walk over the answers, token by token, first meets it.
 * @example
 * import { buildTrie, choiceSpace, prefixTargets } from 'calibration-lab/tries';
 *
 * const space = choiceSpace([{ value: '12', weight: 1 }, { value: '15', weight: 3 }]);
 * const trie = buildTrie(space, (text) => [...text].map(Number), 10);
 * prefixTargets(trie)[1]; // => {"prefix":[1],"next":[2,5],"probabilities":[0.25,0.75]}
 */
export function prefixTargets(trie: Trie): PrefixTarget[] {
  const { nodeCount, depth, edgeStart, edgeToken, edgeProbability } = trie;
  const first = firstAnswers(trie);
  const order = Array.from({ length: nodeCount }, (_, node) => node);
  order.sort((a, b) => first[a]! - first[b]! || depth[a]! - depth[b]!);
  return order.map((node) => {
    const [from, to] = [edgeStart[node]!, edgeStart[node + 1]!];
    return {
      prefix: nodePrefix(trie, node),
      next: Array.from(edgeToken.subarray(from, to)),
      probabilities: Array.from(edgeProbability.subarray(from, to)),
    };
  });
}

/**
 * The tokens from the root to a node.
 * @example
 * import { buildTrie, choiceSpace, nodePrefix } from 'calibration-lab/tries';
 *
 * const space = choiceSpace([{ value: '12', weight: 1 }, { value: '15', weight: 3 }]);
 * const trie = buildTrie(space, (text) => [...text].map(Number), 10);
 * nodePrefix(trie, trie.answerNode[1]!); // => [1,5]
 */
export function nodePrefix(trie: Pick<Trie, 'parent' | 'token'>, node: number): number[] {
  const prefix: number[] = [];
  for (let at = node; at > 0; at = trie.parent[at]!) prefix.push(trie.token[at]!);
  return prefix.reverse();
}

/** [nodes] the first answer that passes through a node. */
function firstAnswers({ nodeCount, parent, answerNode }: Trie): Int32Array {
  const first = new Int32Array(nodeCount).fill(answerNode.length);
  for (let answer = answerNode.length - 1; answer >= 0; answer--)
    first[answerNode[answer]!] = answer;
  for (let node = nodeCount - 1; node > 0; node--) {
    const up = parent[node]!;
    if (first[node]! < first[up]!) first[up] = first[node]!;
  }
  return first;
}
