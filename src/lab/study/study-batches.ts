// The batches that an arm trains on.
import { randomStream } from '../../core/random.ts';
import type { MethodModel } from '../../methods/method.ts';
import { methodOf } from '../../methods/names.ts';
import { stepRows } from '../../training/family-order.ts';
import { stepBatch } from '../../training/step-batch.ts';
import type { StepBatch } from '../../training/trainer.ts';
import type { TrainedArm } from '../experiment/experiment.ts';
import type { ArmPlan } from '../plan/study-plan.ts';
import type { StudyPrompt } from '../plan/study-prompt.ts';
import type { TaskMaker } from './study-tasks.ts';

/**
 * Batch of a step, a pure function of the step and of the model before it. Answers are drawn by seed,
 * step and place in the batch, whatever the method: arms with the same number of answers see the same
 * ones.
 */
export function armBatches(
  arm: TrainedArm,
  { answers }: Pick<ArmPlan, 'answers'>,
  prompts: readonly StudyPrompt[],
  tasks: TaskMaker,
  model: MethodModel,
  { batch, seed }: { batch: number; seed: number },
): (step: number) => Promise<StepBatch> {
  const rowsOf = stepRows(
    batch,
    prompts.map(({ family }) => family),
    seed,
  );
  const { training } = methodOf(arm);
  return async (step) => {
    const chosen = rowsOf(step).map((row) => tasks.make(prompts[row]!));
    const random = (place: number) => randomStream(seed, 'answers', step, place);
    const settings = { ...arm, answers };
    const { supervision, ...lesson } = await training!.batch(
      chosen,
      model,
      random,
      settings as never,
    );
    const examples = chosen.map(({ tokens }, i) => ({
      prompt: tokens,
      supervision: supervision[i]!,
    }));
    return { ...stepBatch(examples), ...lesson };
  };
}
