// Merges weighted token paths into one supervision: documents, shared trunks with branches, answers.
import { flattenPaths, growTrie } from './grow.ts';
import type { Supervision } from './supervision.ts';

/** Tokens to be predicted one after the other, starting right after the prompt. */
export interface WeightedPath {
  /** At least one token. */
  readonly tokens: ArrayLike<number>;
  /** Weight of each of its predictions; 1 unless given. */
  readonly weight?: number;
  /** Predictions before this step carry no weight; 0 unless given. */
  readonly from?: number;
}

/**
 * One supervision whose weighted loss is the sum over paths and steps of weight * cross-entropy,
 * with shared prefixes run once. Hard targets are the paths of sampled answers, end tokens included:
 * a node's target is the share of its visits that went to each child, its weight counts them. One path alone is an ordinary language-model document. A trunk
 * with branches is the path of the trunk, and a path trunk + branch with `from: trunk.length` for
 * each branch, so that the trunk counts once.
 * @example
 * import { mergePaths } from 'calibration-lab/tries';
 *
 * // Hard targets: three answers that were drawn, with 10 as their end.
 * const hard = mergePaths([{ tokens: [1, 5, 10] }, { tokens: [1, 5, 10] }, { tokens: [1, 2, 10] }]);
 * hard.weight; // => [3,3,2,1]
 * hard.targetToken; // => [1,5,2,10,10]
 * hard.targetProbability; // => [1,0.666667,0.333333,1,1]
 */
export function mergePaths(paths: readonly WeightedPath[]): Supervision {
  const { tokens, starts } = flattenPaths(paths.map((path) => path.tokens));
  const growth = growTrie(tokens, starts);
  const { nodeCount, edgeStart, edgeToken, stepEdge } = growth;
  const edgeWeight = new Float64Array(edgeToken.length);
  let normalizer = 0;
  paths.forEach(({ weight = 1, from = 0 }, i) => {
    for (let step = starts[i]! + from; step < starts[i + 1]!; step++) {
      edgeWeight[stepEdge[step]!]! += weight;
      normalizer += weight;
    }
  });

  const weight = new Float64Array(nodeCount);
  const targetStart = new Int32Array(nodeCount + 1);
  const targetToken: number[] = [];
  const targetProbability: number[] = [];
  for (let node = 0; node < nodeCount; node++) {
    const [first, end] = [edgeStart[node]!, edgeStart[node + 1]!];
    for (let edge = first; edge < end; edge++) weight[node]! += edgeWeight[edge]!;
    for (let edge = first; edge < end; edge++) {
      if (edgeWeight[edge] === 0) continue;
      targetToken.push(edgeToken[edge]!);
      targetProbability.push(edgeWeight[edge]! / weight[node]!);
    }
    targetStart[node + 1] = targetToken.length;
  }
  return {
    nodeCount,
    parent: growth.parent,
    token: growth.token,
    depth: growth.depth,
    weight,
    targetStart,
    targetToken: Int32Array.from(targetToken),
    targetProbability: Float64Array.from(targetProbability),
    normalizer,
  };
}
