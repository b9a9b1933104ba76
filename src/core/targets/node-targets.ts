// Soft supervision from a trie: which nodes, with which weights and targets.
import type { Supervision } from './supervision.ts';
import type { Trie } from './trie.ts';

/** The reference raises target probabilities to at least this before it renormalises them. */
const CLAMP = 1e-8;

export interface SoftOptions {
  /** What the steps of a path weigh: `paths` 1 / steps(path) each, as the reference; `tokens` 1 each. */
  readonly weighting?: 'paths' | 'tokens';
  /** Share of the sampled answers' own next tokens in the targets: 0 is soft, 1 hard. */
  readonly mix?: number;
  /** Share of a uniform distribution over a node's children in the exact part of the targets. */
  readonly smoothing?: number;
}

/**
 * Soft targets from K sampled answers: the nodes they visit, each with the exact distribution of
 * its children (clamped at 1e-8 and renormalised) and, as weight, the sum over its paths of
 * 1 / steps(path). K = 1 is the paper's training loss. With the weighting `tokens` the loss is the
 * expectation of the hard one given which nodes are visited: what is left when the chance in each
 * next token is averaged out. `answers` may repeat; not empty.
 */
export function softTargets(
  trie: Trie,
  answers: ArrayLike<number>,
  { weighting = 'paths', mix = 0, smoothing = 0 }: SoftOptions = {},
): Supervision {
  const weight = new Float64Array(trie.nodeCount);
  let steps = 0;
  for (let k = 0; k < answers.length; k++) {
    const end = trie.answerNode[answers[k]!]!;
    const length = trie.depth[end]! + 1;
    const share = weighting === 'paths' ? 1 / length : 1;
    steps += length;
    for (let node = end; node >= 0; node = trie.parent[node]!) weight[node]! += share;
  }
  const exact = smoothedChildren(trie, smoothing);
  const target = mix === 0 ? exact : mixed(exact, sampledChildren(trie, answers), mix);
  return select(trie, weight, target, weighting === 'paths' ? answers.length : steps);
}

/**
 * Soft targets at every node, weighted by its mass: the exact expected sequence loss.
 * @param smoothing share of a uniform distribution over the children in each target
 */
export function wholeTrieTargets(trie: Trie, smoothing = 0): Supervision {
  return select(trie, trie.mass, smoothedChildren(trie, smoothing), 1);
}

/** Probability of an edge of a node. */
type Children = (edge: number, node: number) => number;

function smoothedChildren(trie: Trie, smoothing: number): Children {
  const exact = clampedChildren(trie);
  if (smoothing === 0) return exact;
  const uniform: Children = (_, node) => 1 / (trie.edgeStart[node + 1]! - trie.edgeStart[node]!);
  return mixed(exact, uniform, smoothing);
}

/** The share of the visits of a node that went to each child; for visited nodes. */
function sampledChildren(trie: Trie, answers: ArrayLike<number>): Children {
  const { edgeChild, answerNode, answerEdge, parent } = trie;
  const arrivals = new Float64Array(trie.nodeCount);
  const endings = new Float64Array(edgeChild.length);
  for (let k = 0; k < answers.length; k++) {
    endings[answerEdge[answers[k]!]!]!++;
    for (let node = answerNode[answers[k]!]!; node >= 0; node = parent[node]!) arrivals[node]!++;
  }
  return (edge, node) =>
    (edgeChild[edge]! < 0 ? endings[edge]! : arrivals[edgeChild[edge]!]!) / arrivals[node]!;
}

const mixed =
  (first: Children, second: Children, share: number): Children =>
  (edge, node) =>
    (1 - share) * first(edge, node) + share * second(edge, node);

/** Child probabilities as the reference trains on them. */
export function clampedChildren(trie: Trie): Children {
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
function select(
  trie: Trie,
  weight: Float64Array,
  target: Children,
  normalizer: number,
): Supervision {
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
      const probability = target(edge, node);
      if (probability === 0) continue;
      targetToken.push(trie.edgeToken[edge]!);
      targetProbability.push(probability);
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
