// Answers as token paths of one trie, and signed targets at its nodes: what exact objectives learn from.
import { flattenPaths, growTrie, type Growth } from './grow.ts';
import type { Supervision } from './supervision.ts';

export interface AnswerPaths extends Growth {
  /** [answers + 1] the steps of answer a are `starts[a] .. starts[a + 1]` of `stepEdge`. */
  readonly starts: Int32Array;
}

/** @param paths [answers] token ids, the one that ends the answer included */
export function answerPaths(paths: readonly ArrayLike<number>[]): AnswerPaths {
  const { tokens, starts } = flattenPaths(paths);
  return { ...growTrie(tokens, starts), starts };
}

/** [answers] log p(a), the sum of the log probabilities [edges] along its path. */
export function pathLogProbabilities(
  { starts, stepEdge }: AnswerPaths,
  edgeLogProbability: ArrayLike<number>,
): Float64Array {
  return Float64Array.from({ length: starts.length - 1 }, (_, answer) => {
    let log = 0;
    for (let i = starts[answer]!; i < starts[answer + 1]!; i++) {
      log += edgeLogProbability[stepEdge[i]!]!;
    }
    return log;
  });
}

/**
 * Weights are raised to at least this share of a node's signed targets: what they are divided by must
 * not be 0, and in single precision nobody can tell.
 */
const LEAST_WEIGHT = 1e-9;

/**
 * With c(a) = -p(a) dL/dp(a) on every answer, the supervision whose gradient is that of L: a node's
 * signed targets s are the sums of c below each child, its weight is S, their sum, and its logits get
 * S * softmax - s. For c = q this is the whole-trie soft target. c may be negative.
 */
export function signedTargets(paths: AnswerPaths, c: ArrayLike<number>): Supervision {
  const { nodeCount, edgeStart, edgeToken, starts, stepEdge } = paths;
  const signed = new Float64Array(edgeToken.length);
  for (let answer = 0; answer + 1 < starts.length; answer++) {
    for (let i = starts[answer]!; i < starts[answer + 1]!; i++) signed[stepEdge[i]!]! += c[answer]!;
  }
  const weight = new Float64Array(nodeCount);
  const target = new Float64Array(edgeToken.length);
  for (let node = 0; node < nodeCount; node++) {
    let [sum, size] = [0, 0];
    for (let edge = edgeStart[node]!; edge < edgeStart[node + 1]!; edge++) {
      sum += signed[edge]!;
      size += Math.abs(signed[edge]!);
    }
    if (size === 0) continue;
    const least = LEAST_WEIGHT * size;
    weight[node] = Math.abs(sum) < least ? least : sum;
    for (let edge = edgeStart[node]!; edge < edgeStart[node + 1]!; edge++) {
      target[edge] = signed[edge]! / weight[node]!;
    }
  }
  return {
    nodeCount,
    parent: paths.parent,
    token: paths.token,
    depth: paths.depth,
    weight,
    targetStart: edgeStart,
    targetToken: edgeToken,
    targetProbability: target,
    normalizer: 1,
  };
}
