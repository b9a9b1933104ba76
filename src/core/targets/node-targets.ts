// Soft supervision from a trie: which nodes, with which weights and targets.
import type { Supervision } from './supervision.ts';
import type { Trie } from './trie.ts';

/** The reference raises target probabilities to at least this before it renormalises them. */
const CLAMP = 1e-8;

/**
 * Soft targets from K sampled answers: the nodes they visit, each with the exact distribution of
 * its children (clamped at 1e-8 and renormalised) and, as weight, the sum over its paths of
 * 1 / steps(path). K = 1 is the paper's training loss. `answers` may repeat; not empty.
 * @example
 * import { buildTrie, choiceSpace, softTargets } from 'calibration-lab/tries';
 *
 * const space = choiceSpace([{ value: '12', weight: 1 }, { value: '15', weight: 3 }]);
 * const trie = buildTrie(space, (text) => [...text].map(Number), 10);
 * const { weight, targetToken, targetProbability } = softTargets(trie, [1]); // the answer "15"
 * weight; // => [0.333333,0.333333,0.333333]
 * targetToken; // => [1,2,5,10]
 * targetProbability; // => [1,0.25,0.75,1]
 */
export function softTargets(trie: Trie, answers: ArrayLike<number>): Supervision {
  const weight = new Float64Array(trie.nodeCount);
  for (let k = 0; k < answers.length; k++) {
    const end = trie.answerNode[answers[k]!]!;
    const share = 1 / (trie.depth[end]! + 1);
    for (let node = end; node >= 0; node = trie.parent[node]!) weight[node]! += share;
  }
  return select(trie, weight, answers.length);
}

/**
 * Soft targets at every node, weighted by its mass: the exact expected sequence loss.
 * @example
 * import { buildTrie, choiceSpace, wholeTrieTargets } from 'calibration-lab/tries';
 *
 * const space = choiceSpace([{ value: '12', weight: 1 }, { value: '15', weight: 3 }]);
 * const trie = buildTrie(space, (text) => [...text].map(Number), 10);
 * wholeTrieTargets(trie).weight; // => [1,1,0.25,0.75]
 */
export function wholeTrieTargets(trie: Trie): Supervision {
  return select(trie, trie.mass, 1);
}

/** Child probabilities as the reference trains on them. */
export function clampedChildren(trie: Trie): (edge: number, node: number) => number {
  const { edgeStart, edgeProbability } = trie;
  let of = -1;
  let total = 0;
  return (edge, node) => {
    if (node !== of) {
      of = node;
      total = 0;
      for (let e = edgeStart[node]!; e < edgeStart[node + 1]!; e++) {
        total += Math.max(edgeProbability[e]!, CLAMP);
      }
    }
    return Math.max(edgeProbability[edge]!, CLAMP) / total;
  };
}

/** The nodes with weight (closed under parents) as a supervision of their own. */
function select(trie: Trie, weight: Float64Array, normalizer: number): Supervision {
  const target = clampedChildren(trie);
  const slot = new Int32Array(trie.nodeCount);
  const nodes: number[] = [];
  const targetStart = [0];
  const targetToken: number[] = [];
  const targetProbability: number[] = [];
  for (let node = 0; node < trie.nodeCount; node++) {
    if (weight[node]! === 0) continue;
    slot[node] = nodes.length;
    nodes.push(node);
    for (let edge = trie.edgeStart[node]!; edge < trie.edgeStart[node + 1]!; edge++) {
      targetToken.push(trie.edgeToken[edge]!);
      targetProbability.push(target(edge, node));
    }
    targetStart.push(targetToken.length);
  }
  return {
    nodeCount: nodes.length,
    parent: Int32Array.from(nodes, (node) => (node === 0 ? -1 : slot[trie.parent[node]!]!)),
    token: Int32Array.from(nodes, (node) => trie.token[node]!),
    depth: Int32Array.from(nodes, (node) => trie.depth[node]!),
    weight: Float64Array.from(nodes, (node) => weight[node]!),
    targetStart: Int32Array.from(targetStart),
    targetToken: Int32Array.from(targetToken),
    targetProbability: Float64Array.from(targetProbability),
    normalizer,
  };
}
