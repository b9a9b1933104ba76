// An anchor as lines of data: the untouched model's own answers, and what it would have said beside them.
import type { Supervision } from '../../core/targets/supervision.ts';
import type { AnchorExample } from '../study/anchor/anchor-batches.ts';
import type { AnchorSchedule } from '../study/anchor/anchor-schedule.ts';
import { sparseTargets } from './training-lines.ts';

/**
 * A line for each distinct answer to each anchor prompt, with the steps that it is part of.
 * @param steps of the arm
 */
export function* anchorLines(
  examples: readonly AnchorExample[],
  schedule: AnchorSchedule,
  steps: number,
): Generator<object> {
  const used = examples.map((): number[] => []);
  for (let step = 0; step < steps; step++) {
    for (const place of schedule.of(step)) used[place]!.push(step);
  }
  for (const [i, { prompt, supervision }] of examples.entries()) {
    for (const { count, tokens, targets } of answersIn(supervision)) {
      yield {
        steps: used[i],
        count,
        input_ids: [...prompt, ...tokens],
        completion: tokens.length,
        ...sparseTargets(targets),
      };
    }
  }
}

/**
 * The answers that a tree of them was merged from: where a node has more visits than its children
 * together, answers end. The token that ends them is read by nobody and stands as 0.
 */
function* answersIn({
  nodeCount,
  parent,
  token,
  weight,
  targetStart,
  targetToken,
  targetProbability,
}: Supervision) {
  const ending = weight.slice();
  for (let node = 1; node < nodeCount; node++) ending[parent[node]!]! -= weight[node]!;
  for (let last = 0; last < nodeCount; last++) {
    if (ending[last]! <= 0) continue;
    const nodes: number[] = [];
    for (let node = last; node >= 0; node = parent[node]!) nodes.unshift(node);
    yield {
      count: ending[last]!,
      tokens: [...nodes.slice(1).map((node) => token[node]!), 0],
      targets: nodes.map((node) => {
        const [from, to] = [targetStart[node]!, targetStart[node + 1]!];
        return new Map(
          Array.from(targetToken.subarray(from, to), (id, k) => [id, targetProbability[from + k]!]),
        );
      }),
    };
  }
}
