// Exact scores of a model on one prompt, from the whole trie of answers.
import { clampedChildren } from '../targets/node-targets.ts';
import type { OutputSpace } from '../targets/space.ts';
import type { Trie } from '../targets/trie.ts';
import { answerScores, type AnswerScores } from './answer-scores.ts';

/** What `exactScores` says. */
export interface ExactScores extends AnswerScores {
  /** [depths] the part of `kl` that is lost at nodes of each depth of the trie; sums to `kl`. */
  readonly klByDepth: readonly number[];
}

/**
 * How far a model is from a target, from its log-probability of every edge of the answers' trie.
 *
 * KL is the sum over nodes of node mass * KL(node), which is the same as summing over answers but
 * loses no digits in products of many small numbers.
 * @param space what the trie was built from
 * @param edgeLogProbability [edges] natural log-probability, over the model's whole vocabulary, of each
 *   edge's token after the prompt and the prefix of the edge's node
 * @example
 * import { exactScores } from 'calibration-lab/scoring';
 * import { buildTrie, choiceSpace } from 'calibration-lab/tries';
 *
 * const space = choiceSpace([{ value: '1', weight: 1 }, { value: '12', weight: 3 }]);
 * const trie = buildTrie(space, (text) => [...text].map(Number), 10);
 * // A model that gives 0.25 to every token it is asked about.
 * const { kl, klByDepth } = exactScores(trie, space, new Float64Array(trie.edgeToken.length).fill(Math.log(0.25)));
 * kl; // => 3.24997
 * klByDepth; // => [1.38629,0.823959,1.03972]
 */
export function exactScores(
  trie: Trie,
  space: Pick<OutputSpace, 'probabilities' | 'numbers'>,
  edgeLogProbability: ArrayLike<number>,
): ExactScores {
  const klByDepth = nodeKlByDepth(trie, edgeLogProbability);
  return {
    ...answerScores(space, answerLogProbabilities(trie, edgeLogProbability)),
    kl: klByDepth.reduce((sum, nats) => sum + nats, 0),
    klByDepth,
  };
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
 * @example
 * import { referenceLogitKl } from 'calibration-lab/scoring';
 * import { buildTrie, choiceSpace } from 'calibration-lab/tries';
 *
 * const space = choiceSpace([{ value: '12', weight: 1 }, { value: '15', weight: 3 }]);
 * const trie = buildTrie(space, (text) => [...text].map(Number), 10);
 * const even = new Float64Array(trie.edgeToken.length).fill(Math.log(0.5));
 * referenceLogitKl(trie, [0, 1], even); // => 0.505702
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
