// The batches that an arm trains on.
import { randomStream } from '../../core/random.ts';
import { mergePaths } from '../../core/targets/merge-paths.ts';
import { softTargets, wholeTrieTargets } from '../../core/targets/node-targets.ts';
import { sampleAnswers } from '../../core/targets/sample-answers.ts';
import { entropyOf } from '../../core/targets/space.ts';
import type { Supervision } from '../../core/targets/supervision.ts';
import { curriculum } from '../../training/curriculum.ts';
import { rowsOfStep } from '../../training/family-order.ts';
import { stepBatch } from '../../training/step-batch.ts';
import type { StepBatch } from '../../training/trainer.ts';
import type { TrainedArm } from '../experiment/experiment.ts';
import type { ArmPlan } from '../plan/study-plan.ts';
import type { StudyPrompt } from '../plan/study-prompts.ts';
import type { Task, TaskMaker } from './study-tasks.ts';

/**
 * Batch of a step, a pure function of the step. Answers are drawn by seed, step and place in the
 * batch, whatever the method: arms with the same number of answers see the same ones.
 */
export function armBatches(
  method: TrainedArm['method'],
  plan: ArmPlan,
  prompts: readonly StudyPrompt[],
  tasks: TaskMaker,
  { batch, seed }: { batch: number; seed: number },
): (step: number) => StepBatch {
  const rows = rowsOf(plan, prompts, batch, seed);
  return (step) => {
    const chosen = rows(step).map((row) => tasks.make(prompts[row]!));
    return stepBatch(
      chosen.map((task, place) => ({
        prompt: task.tokens,
        supervision: supervise(method, plan, task, seed, step, place),
      })),
    );
  };
}

/** Which prompts a step takes. */
function rowsOf(
  plan: ArmPlan,
  prompts: readonly StudyPrompt[],
  batch: number,
  seed: number,
): (step: number) => number[] {
  const families = prompts.map(({ family }) => family);
  if (!plan.curriculum) return (step) => rowsOfStep(step, batch, families, seed);
  const entropies = prompts.map((prompt) => entropyOf(prompt.space(plan).probabilities));
  return curriculum(families, entropies, { steps: plan.steps, batch, seed });
}

function supervise(
  method: TrainedArm['method'],
  plan: ArmPlan,
  task: Task,
  seed: number,
  step: number,
  place: number,
): Supervision {
  if (plan.answers === 'trie') return wholeTrieTargets(task.trie, plan.soft?.smoothing);
  const random = randomStream(seed, 'answers', step, place);
  const answers = sampleAnswers(task.space.probabilities, plan.answers, random, plan.draws);
  if (method === 'soft') return softTargets(task.trie, answers, plan.soft);
  return mergePaths(Array.from(answers, (answer) => ({ tokens: task.path(answer) })));
}
