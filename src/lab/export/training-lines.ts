// What an arm learns from, as lines of data in the order in which it is learned.
import { countsOf } from '../../core/counts.ts';
import { clampedChildren } from '../../core/targets/node-targets.ts';
import { answersOfStep } from '../../core/targets/sample-answers.ts';
import type { Trie } from '../../core/targets/trie.ts';
import { methodOf } from '../../methods/names.ts';
import { stepRows } from '../../training/family-order.ts';
import type { TrainedArm } from '../experiment/experiment.ts';
import type { ArmPlan } from '../plan/study-plan.ts';
import type { StudyPrompt } from '../plan/study-prompt.ts';
import type { Task, TaskMaker } from '../study/study-tasks.ts';

/**
 * `rows`: each line is a prompt with one sampled answer, soft targets beside it or none. `trie`: each
 * line is a prompt, learned from its whole trie or from the answers that the line lists.
 */
export const layoutOf = (arm: TrainedArm, { answers }: ArmPlan): 'rows' | 'trie' =>
  answers === 'trie' || methodOf(arm).training!.withoutDropout ? 'trie' : 'rows';

/** Targets of one row: what each of its T answer tokens is told, padded to the widest, K. */
export interface TargetLine {
  /** [T][K] token ids; 0 where padded. */
  readonly target_ids: readonly (readonly number[])[];
  /** [T][K] sums to 1 over K; 0 where padded. */
  readonly target_probabilities: readonly (readonly number[])[];
}

/** The lines of every step, one after the other; an answer drawn twice in a step is counted. */
export function* trainingLines(
  arm: TrainedArm,
  plan: ArmPlan,
  prompts: readonly StudyPrompt[],
  tasks: TaskMaker,
  { batch, seed }: { readonly batch: number; readonly seed: number },
  steps = plan.steps,
): Generator<object> {
  const rowsOf = stepRows(
    batch,
    prompts.map(({ family }) => family),
    seed,
  );
  const line = lineOf(layoutOf(arm, plan), methodOf(arm).training!.loss === 'kl');
  for (let step = 0; step < steps; step++) {
    for (const [place, prompt] of rowsOf(step).entries()) {
      const task = tasks.make(prompts[prompt]!);
      if (plan.answers === 'trie') {
        yield { step, prompt };
        continue;
      }
      const { probabilities } = task.space;
      const drawn = answersOfStep(probabilities, plan.answers, { seed, step, place });
      yield* line({ step, prompt }, task, countsOf(drawn));
    }
  }
}

/** How often each answer was drawn, in the order of first appearance. */
type Counts = ReadonlyMap<number, number>;

function lineOf(layout: 'rows' | 'trie', isSoft: boolean) {
  return function* (of: object, task: Task, counts: Counts): Generator<object> {
    if (layout === 'trie') {
      yield { ...of, answers: [...counts.keys()], counts: [...counts.values()] };
      return;
    }
    for (const [answer, count] of counts) {
      const path = task.path(answer);
      yield {
        ...of,
        count,
        input_ids: [...task.tokens, ...path],
        completion: path.length,
        ...(isSoft && sparseTargets(pathTargets(task.trie, answer))),
      };
    }
  };
}

/** [T] the children of the nodes on the way to an answer, clamped as in training. */
function pathTargets(trie: Trie, answer: number): Map<number, number>[] {
  const target = clampedChildren(trie);
  const nodes: number[] = [];
  for (let node = trie.answerNode[answer]!; node >= 0; node = trie.parent[node]!) nodes.push(node);
  return nodes.reverse().map((node) => {
    const children = new Map<number, number>();
    for (let edge = trie.edgeStart[node]!; edge < trie.edgeStart[node + 1]!; edge++) {
      children.set(trie.edgeToken[edge]!, target(edge, node));
    }
    return children;
  });
}

/** @param steps [T] probabilities by token id */
export function sparseTargets(steps: readonly ReadonlyMap<number, number>[]): TargetLine {
  const widest = Math.max(...steps.map(({ size }) => size));
  const padded = (values: Iterable<number>) => {
    const list = [...values];
    return [...list, ...Array.from({ length: widest - list.length }, () => 0)];
  };
  return {
    target_ids: steps.map((of) => padded(of.keys())),
    target_probabilities: steps.map((of) => padded([...of.values()].map(single))),
  };
}

/** As many digits as single precision has: targets are most of an export. */
const single = (probability: number) => Number(probability.toPrecision(9));
