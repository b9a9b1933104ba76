// Exact scores of a model on one prompt, from the whole trie of answers.
import { clampedChildren } from '../targets/node-targets.ts';
import type { OutputSpace } from '../targets/space.ts';
import type { Trie } from '../targets/trie.ts';
import { wassersteinBetween } from './moments.ts';

export interface ExactScores {
  /** KL(target || model) of whole answers, in nats. */
  readonly kl: number;
  /** [depths] the part of it that is lost at nodes of each depth of the trie; sums to `kl`. */
  readonly klByDepth: readonly number[];
  /** Total variation; everything that is not an answer counts as one more outcome. */
  readonly tv: number;
  /** Jensen-Shannon divergence in nats, likewise; at most log 2. */
  readonly js: number;
  /** Probability that the model gives one of the answers. */
  readonly validMass: number;
  readonly invalidMass: number;
  /** [answers] what the model gives each answer; sums to `validMass`. */
  readonly answerProbabilities: Float64Array;
  /** Entropy in nats of the model's answers, given that it gives one; NaN where it never does. */
  readonly entropy: number;
  /** W1 between the model's answers, given that it gives one, and the target; null for choices. */
  readonly wasserstein1: number | null;
}

/**
 * `edgeLogProbability` [edges]: the model's log probability (over its whole vocabulary) of each
 * edge's token after the prompt and the edge's prefix.
 *
 * KL is the sum over nodes of node mass * KL(node), which is the same as summing over answers but
 * loses no digits in products of many small numbers.
 */
export function exactScores(
  trie: Trie,
  space: Pick<OutputSpace, 'probabilities' | 'numbers'>,
  edgeLogProbability: ArrayLike<number>,
): ExactScores {
  const { probabilities, numbers } = space;
  const answerProbabilities = answerLogProbabilities(trie, edgeLogProbability).map(Math.exp);
  let validMass = 0;
  let distance = 0;
  let js = 0;
  answerProbabilities.forEach((q, answer) => {
    const p = probabilities[answer]!;
    validMass += q;
    distance += Math.abs(p - q);
    js += (klTerm(p, (p + q) / 2) + klTerm(q, (p + q) / 2)) / 2;
  });
  const invalidMass = Math.max(0, 1 - validMass);
  const klByDepth = nodeKlByDepth(trie, edgeLogProbability);
  const given = answerProbabilities.map((q) => q / validMass);
  return {
    kl: klByDepth.reduce((sum, nats) => sum + nats, 0),
    klByDepth,
    tv: (distance + invalidMass) / 2,
    js: Math.max(0, js + (invalidMass * Math.LN2) / 2),
    validMass,
    invalidMass,
    answerProbabilities,
    entropy: validMass > 0 ? -given.reduce((sum, q) => sum + klTerm(q, 1), 0) : NaN,
    wasserstein1: numbers && wassersteinBetween(numbers, given, probabilities),
  };
}

/** p log(p / q), 0 at p = 0. */
function klTerm(p: number, q: number): number {
  return p === 0 ? 0 : p * Math.log(p / q);
}

/** [answers] log of the product of the probabilities along an answer's path, end token included. */
function answerLogProbabilities(trie: Trie, edgeLogProbability: ArrayLike<number>): Float64Array {
  const { nodeCount, edgeStart, edgeChild, edgeAnswer, answerEdge } = trie;
  const nodeLogProbability = new Float64Array(nodeCount);
  const answers = new Float64Array(answerEdge.length);
  for (let node = 0; node < nodeCount; node++) {
    for (let edge = edgeStart[node]!; edge < edgeStart[node + 1]!; edge++) {
      const log = nodeLogProbability[node]! + edgeLogProbability[edge]!;
      if (edgeChild[edge]! >= 0) nodeLogProbability[edgeChild[edge]!] = log;
      else answers[edgeAnswer[edge]!] = log;
    }
  }
  return answers;
}

/** [depths] sum over the nodes of a depth of node mass * KL(node). */
function nodeKlByDepth(trie: Trie, edgeLogProbability: ArrayLike<number>): number[] {
  const { nodeCount, mass, depth, edgeStart, edgeProbability } = trie;
  const depths: number[] = [];
  for (let node = 0; node < nodeCount; node++) {
    let kl = 0;
    for (let edge = edgeStart[node]!; edge < edgeStart[node + 1]!; edge++) {
      const p = edgeProbability[edge]!;
      if (p > 0) kl += p * (Math.log(p) - edgeLogProbability[edge]!);
    }
    // A model that agrees can come out an ulp below 0.
    depths[depth[node]!] = (depths[depth[node]!] ?? 0) + mass[node]! * Math.max(0, kl);
  }
  return depths;
}

/**
 * The reference's "logit KL": the mean over sampled answers of the mean over their steps of
 * KL(node), with targets clamped at 1e-8 as in training. It weights steps, not answers, so it is
 * no KL between answer distributions; it goes by its own name. `answers` is not empty.
 */
export function referenceLogitKl(
  trie: Trie,
  answers: ArrayLike<number>,
  edgeLogProbability: ArrayLike<number>,
): number {
  const target = clampedChildren(trie);
  const nodeKl = (node: number) => {
    let kl = 0;
    for (let edge = trie.edgeStart[node]!; edge < trie.edgeStart[node + 1]!; edge++) {
      const t = target(edge, node);
      kl += t * (Math.log(t) - edgeLogProbability[edge]!);
    }
    return kl;
  };
  let total = 0;
  for (let k = 0; k < answers.length; k++) {
    const end = trie.answerNode[answers[k]!]!;
    let path = 0;
    for (let node = end; node >= 0; node = trie.parent[node]!) path += nodeKl(node);
    total += path / (trie.depth[end]! + 1);
  }
  return total / answers.length;
}
