// What the built-in model does with an experiment before and in its first steps: what a port is checked by.
import { createLora } from '../../model/adapter/lora.ts';
import { projectionsNamed } from '../../model/adapter/lora-targets.ts';
import type { LanguageModel } from '../../model/language-model.ts';
import { train } from '../../training/trainer.ts';
import { isTrained, SPLITS, type Experiment, type TrainedArm } from '../experiment/experiment.ts';
import { planArm, scoringResolution } from '../plan/study-plan.ts';
import { firstOfEach, taughtPrompts, studyPrompts } from '../plan/study-prompts.ts';
import { ModelPool } from '../study/lanes/model-pool.ts';
import { prepareAnchor } from '../study/study-anchor.ts';
import { StudyClock } from '../study/study-clock.ts';
import type { Study } from '../study/study-context.ts';
import { scoreTask } from '../study/study-scoring.ts';
import { TaskMaker } from '../study/study-tasks.ts';
import { trainerOptions } from '../study/study-training.ts';

/** Losses that are compared: enough for a wrong gradient, optimizer or order to show. */
export const CHECKED_STEPS = 20;

/** Of all prompts whose scores are compared: more would take longer than a minute, at either end. */
const CHECKED_ANSWERS = 20_000;

/**
 * The losses of every trained arm's first steps, in nats, and the exact scores of the untouched
 * model on the first measured prompt of each family and split, as many as `CHECKED_ANSWERS` allow.
 * @param experiment of the built-in model, without dropout: no other library drops the same
 */
export async function expectedFigures(
  experiment: Experiment,
  model: LanguageModel,
  signal?: AbortSignal,
): Promise<object> {
  const { training, evaluation } = studyPrompts(experiment);
  const { lora } = experiment.training;
  const pool = new ModelPool(model.decoder);
  const study: Study = {
    experiment,
    model,
    training,
    environment: { backend: 'cpu', adapter: '', model: '', selfTest: 'not run', versions: {} },
    lora: { ...lora, targets: projectionsNamed(model.decoder.spec, lora.targets) },
    measured: [],
    clock: new StudyClock({}),
    pool,
    inTurns: true, // so that the loss of every step is read
    ...(signal && { signal }),
  };
  const losses: Record<string, number[]> = {};
  for (const arm of experiment.arms.filter(isTrained)) {
    losses[arm.name] = await firstLosses(study, arm);
  }
  const tasks = new TaskMaker(model.tokenizer, scoringResolution(experiment), 0); // each is asked for once
  const exact: object[] = [];
  const checked = SPLITS.flatMap((split) =>
    firstOfEach(
      evaluation.filter((one) => one.split === split).map(({ prompt }) => prompt),
      1,
    ).map((prompt) => ({ split, prompt })),
  );
  let answers = 0;
  for (const { split, prompt } of checked) {
    signal?.throwIfAborted();
    const task = tasks.make(prompt);
    answers += task.space.values.length;
    if (exact.length > 0 && answers > CHECKED_ANSWERS) break;
    const { scores } = await scoreTask(pool.ask, task, experiment.seed, {});
    exact.push({ split, family: prompt.family, id: prompt.id, ...scores });
  }
  return { losses, exact };
}

async function firstLosses(study: Study, arm: TrainedArm): Promise<number[]> {
  const { experiment, model, lora, training } = study;
  const plan = planArm(arm, experiment, taughtPrompts(arm, training).length);
  const preparing = prepareAnchor(study, arm.name, plan, 0);
  let anchored = await preparing.next();
  while (!anchored.done) anchored = await preparing.next();
  const adapter = createLora(model.decoder.spec, lora, experiment.seed);
  const losses: number[] = [];
  try {
    const options = trainerOptions(study, arm, plan, anchored.value, adapter, null);
    for await (const { loss } of train(options)) {
      losses.push(loss);
      if (losses.length === CHECKED_STEPS) break;
    }
  } finally {
    adapter.dispose();
  }
  return losses;
}
