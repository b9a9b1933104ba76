// Training of one arm, as events.
import { workedInOrder } from '../../core/in-order.ts';
import { treeOf } from '../../core/targets/trie.ts';
import type { LoraAdapter } from '../../model/adapter/lora.ts';
import type { MethodModel } from '../../methods/method.ts';
import { methodOf } from '../../methods/names.ts';
import * as tf from '../../tensor/tf.ts';
import { trainingRate } from '../../training/schedule.ts';
import { jointBatch } from '../../training/step-batch.ts';
import { train } from '../../training/trainer.ts';
import type { StepBatch, TrainerOptions, TrainerState } from '../../training/trainer.ts';
import type { StudyEvent } from '../events.ts';
import type { TrainedArm } from '../experiment/experiment.ts';
import { prepareAnchor } from './study-anchor.ts';
import { armBatches } from './study-batches.ts';
import { CHECKPOINT_MS } from './study-context.ts';
import type { ArmState, Study } from './study-context.ts';
import { checkpointEvent, phaseEvent, snapshotEvent } from './study-events.ts';
import type { ArmPlan } from '../plan/study-plan.ts';
import { taughtPrompts } from '../plan/study-prompts.ts';
import { watchedPrompt } from '../plan/watched-prompt.ts';
import { checkScores, scoreTask } from './study-scoring.ts';
import { type Task, TaskMaker } from './study-tasks.ts';

const ADAMW = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
/** The loss is read back, and checkpoints and live snapshots are considered, once in so many steps. */
const REPORT_EVERY = 5;
/** Live pictures of the watched prompt per arm. */
const SNAPSHOTS = 10;

/**
 * Trains the adapter in place, from `start` to the end of the plan. Returns the arm's last state and
 * the adapter's values.
 */
export async function* trainArm(
  study: Study,
  arm: TrainedArm,
  plan: ArmPlan,
  adapter: LoraAdapter,
  start: ArmState,
): AsyncGenerator<StudyEvent, { state: ArmState; parameters: TrainerState['parameters'] }> {
  const { experiment, pool, clock, signal } = study;
  const { steps } = plan;
  const watched = watchedTask(study);
  let { trainer, seconds } = start;
  let reported = trainer?.step ?? 0;
  let saved = performance.now();

  const anchored = yield* prepareAnchor(study, arm.name, plan, reported);
  yield phaseEvent('training', reported, steps, 'steps', arm.name, clock.left);
  clock.start();
  for await (const report of train(trainerOptions(study, arm, plan, anchored, adapter, trainer))) {
    const { step, loss, learningRate, answerTokens, promptTokens, warmUp } = report;
    seconds += clock.done('step', step - reported);
    yield phaseEvent('training', step, steps, 'steps', arm.name, clock.left);
    yield {
      type: 'step',
      arm: arm.name,
      step,
      steps,
      loss,
      learningRate,
      answerTokens,
      promptTokens,
      ...(warmUp !== undefined && { warmUp }),
      seconds,
    };
    const due = (every: number) => Math.floor(step / every) > Math.floor(reported / every);
    if (watched && step < steps && (study.inTurns || due(steps / SNAPSHOTS))) {
      const scores = await scoreTask(pool.ask, watched, experiment.seed, { adapter, signal });
      checkScores(watched, scores, step);
      yield snapshotEvent(arm.name, step, watched, scores, study.inTurns);
    }
    if (step === steps || performance.now() - saved > CHECKPOINT_MS) {
      trainer = await report.state();
      yield checkpointEvent(arm.name, step, { ...start, trainer, seconds });
      saved = performance.now();
    }
    reported = step;
    clock.start(); // whoever follows the events may have taken their time
  }
  return { state: { ...start, trainer, seconds }, parameters: trainer!.parameters };
}

/** What the trainer is told of an arm. */
export function trainerOptions(
  { experiment, model, pool, training: prompts, signal, inTurns }: Study,
  arm: TrainedArm,
  plan: ArmPlan,
  anchored: ((step: number) => StepBatch | undefined) | undefined,
  adapter: LoraAdapter,
  resume: TrainerState | null,
): TrainerOptions {
  const { training, seed } = experiment;
  const { batch, learning_rate: peak, warmup, weight_decay: weightDecay } = training;
  const { steps } = plan;
  const tasks = new TaskMaker(model.tokenizer, plan);
  const method = methodOf(arm).training!;
  const asked: MethodModel = {
    edgeLogProbabilities: (prompt, tree) =>
      pool.ask('edges', { prompt, tree: treeOf(tree) }, { adapter, signal }),
  };
  const own = taughtPrompts(arm, prompts);
  const calibrating = armBatches(arm, plan, own, tasks, asked, { batch, seed });
  return {
    decoder: model.decoder,
    adapter,
    dropout: method.withoutDropout ? 0 : training.lora.dropout,
    steps,
    async batch(step) {
      const main = await calibrating(step);
      const side = anchored?.(step);
      return side ? jointBatch(main, side, plan.anchor!.weight) : main;
    },
    learningRate: (step) => trainingRate(step, { steps, peak, warmup }),
    loss: method.loss,
    // A device that does all the work is fastest with whole groups.
    ...(tf.getBackend() !== 'webgpu' && {
      passes: (passes) =>
        workedInOrder(passes, pool.together, (pass) => pool.ask('pass', pass, { adapter, signal })),
    }),
    optimizer: { ...ADAMW, weightDecay },
    seed,
    reportEvery: inTurns ? 1 : REPORT_EVERY,
    ...(signal && { signal }),
    ...(resume && { resume }),
  };
}

/** Of the first split that is measured. */
function watchedTask({ measured }: Study): Task | undefined {
  const first = measured.filter(({ split }) => split === measured[0]?.split);
  const prompts = first.map(({ task: { prompt } }) => ({
    text: prompt.text,
    parameters: Object.keys(prompt.distribution?.parameters ?? {}).length,
  }));
  return first[watchedPrompt(prompts)]?.task;
}
