// The study: every arm of an experiment trained and scored, as one stream of events.
import type { LanguageModel } from '../model/language-model.ts';
import { createLora, loraToFile, projectionsNamed } from '../model/lora.ts';
import type { LoraAdapter, LoraConfig } from '../model/lora.ts';
import { writeAdapter } from '../model/peft.ts';
import * as tf from '../tensor/tf.ts';
import { cosineSchedule } from '../training/schedule.ts';
import { snapshot, train } from '../training/trainer.ts';
import type { TrainerState } from '../training/trainer.ts';
import type { Checkpoint, Environment, PhaseEvent, StudyEvent } from './events.ts';
import type { Arm, Experiment, Split } from './experiment.ts';
import { armBatches } from './study-batches.ts';
import { StudyClock } from './study-clock.ts';
import { planArm } from './study-plan.ts';
import type { ArmPlan } from './study-plan.ts';
import { studyPrompts } from './study-prompts.ts';
import type { StudyPrompts } from './study-prompts.ts';
import { scoreTask } from './study-scoring.ts';
import { TaskMaker } from './study-tasks.ts';
import type { Task } from './study-tasks.ts';

export interface StudyContext {
  readonly model: LanguageModel;
  readonly environment: Environment;
  readonly signal?: AbortSignal;
  /** Goes on from here instead of starting; the events before it are not repeated. */
  readonly resume?: Checkpoint;
}

/** What a checkpoint of the study holds. */
interface StudyState {
  /** Null before the arm's first step, and for arms that are not trained. */
  readonly trainer: TrainerState | null;
  /** Prompts of the arm that are scored already. */
  readonly scored: number;
}

interface Measured {
  readonly split: Split;
  readonly task: Task;
}

/** Everything the arms of a study share. */
interface Study extends StudyContext {
  readonly experiment: Experiment;
  readonly prompts: StudyPrompts;
  readonly measured: readonly Measured[];
  readonly clock: StudyClock;
}

const ADAMW = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
/** The loss is read back, and checkpoints and live snapshots are considered, once in so many steps. */
const REPORT_EVERY = 5;
const CHECKPOINT_MS = 5_000;
/** Live pictures of the watched prompt per arm. */
const SNAPSHOTS = 10;

/**
 * Runs the arms in their order: train, score every measured prompt exactly, hand over the adapter.
 * One seed and one backend give one result. Cancel (`signal`) is heard within one optimizer step.
 * @throws InputError for settings that do not fit the model or the families
 */
export async function* runStudy(
  experiment: Experiment,
  context: StudyContext,
): AsyncGenerator<StudyEvent> {
  const began = performance.now();
  const { resume } = context;
  if (!resume) yield { type: 'environment', environment: context.environment };
  const prompts = studyPrompts(experiment);
  const measured: Measured[] = [];
  const tasks = new TaskMaker(context.model.tokenizer, experiment.data);
  for (const { split, prompt } of prompts.evaluation) {
    yield phase('preparing', measured.length, prompts.evaluation.length, 'prompts');
    measured.push({ split, task: tasks.make(prompt) });
    if (!resume) yield targetEvent(measured.at(-1)!);
    context.signal?.throwIfAborted();
  }

  const first = resume ? experiment.arms.findIndex(({ name }) => name === resume.arm) : 0;
  const arms = experiment.arms.slice(Math.max(0, first));
  const state = resume?.state as StudyState | undefined;
  const study: Study = {
    ...context,
    experiment,
    prompts,
    measured,
    clock: new StudyClock(workOf(arms, experiment, prompts, measured.length, state)),
  };
  for (const [i, arm] of arms.entries()) yield* runArm(study, arm, i === 0 ? state : undefined);
  yield { type: 'done', seconds: (performance.now() - began) / 1000 };
}

/** Steps and scorings that are left to do. */
function workOf(
  arms: readonly Arm[],
  experiment: Experiment,
  { training }: StudyPrompts,
  measured: number,
  state: StudyState | undefined,
) {
  const steps = arms.map((arm) =>
    arm.method === 'none' ? 0 : planArm(arm, experiment, training.length).steps,
  );
  return {
    step: steps.reduce((a, b) => a + b, 0) - (state?.trainer?.step ?? 0),
    score: arms.length * measured - (state?.scored ?? 0),
  };
}

async function* runArm(study: Study, arm: Arm, state?: StudyState): AsyncGenerator<StudyEvent> {
  if (arm.method === 'none') {
    yield* scoreArm(study, arm.name, 0, state);
    return;
  }
  const { experiment, model, prompts } = study;
  const { lora } = experiment.training;
  const { spec } = model.decoder;
  const config: LoraConfig = { ...lora, targets: projectionsNamed(spec, lora.targets) };
  const plan = planArm(arm, experiment, prompts.training.length);
  const adapter = createLora(spec, config, experiment.seed);
  try {
    const trainer = yield* trainArm(study, arm, plan, adapter, state);
    const values = await snapshot(adapter.parameters);
    const files = writeAdapter(loraToFile(config, values), spec, experiment.model);
    yield { type: 'adapter', arm: arm.name, files: Object.fromEntries(files) };
    yield* scoreArm(study, arm.name, plan.steps, { scored: state?.scored ?? 0, trainer }, adapter);
  } finally {
    tf.dispose([...adapter.parameters.values()]);
  }
}

/** Trains the adapter in place; returns the trainer's last state. */
async function* trainArm(
  study: Study,
  arm: Exclude<Arm, { method: 'none' }>,
  plan: ArmPlan,
  adapter: LoraAdapter,
  state?: StudyState,
): AsyncGenerator<StudyEvent, TrainerState | null> {
  const { experiment, model, prompts, clock, signal } = study;
  const { training, seed } = experiment;
  const { learning_rate: peak, warmup } = training;
  const { steps } = plan;
  const watched = study.measured[0];
  let saved = performance.now();
  const began = saved;
  let last: TrainerState | null = state?.trainer ?? null;
  let reported = last?.step ?? 0;
  if (last === null) yield checkpoint(arm.name, 0, { trainer: null, scored: 0 });
  clock.start();

  const reports = train({
    decoder: model.decoder,
    adapter,
    dropout: training.lora.dropout,
    steps,
    batch: armBatches(arm.method, plan, prompts.training, new TaskMaker(model.tokenizer, plan), {
      batch: training.batch,
      seed,
    }),
    learningRate: (step) => cosineSchedule(step, { steps, peak, warmup }),
    loss: arm.method === 'soft' ? 'kl' : 'cross-entropy',
    optimizer: { ...ADAMW, weightDecay: training.weight_decay },
    seed,
    reportEvery: REPORT_EVERY,
    ...(signal && { signal }),
    ...(last && { resume: last }),
  });
  for await (const report of reports) {
    clock.done('step', report.step - reported);
    const crossed = (every: number) =>
      Math.floor(report.step / every) > Math.floor(reported / every);
    const picture = crossed(steps / SNAPSHOTS) && report.step < steps;
    reported = report.step;
    const each = clock.secondsEach('step')!;
    yield phase('training', report.step, steps, 'steps', arm.name, clock.secondsLeft);
    yield {
      type: 'step',
      arm: arm.name,
      step: report.step,
      steps,
      loss: report.loss,
      learningRate: report.learningRate,
      answerTokens: report.answerTokens,
      promptTokens: report.promptTokens,
      seconds: (performance.now() - began) / 1000,
      secondsLeft: each * (steps - report.step),
    };
    if (picture && watched) {
      yield await pictureOf(study, watched.task, arm.name, report.step, adapter);
      clock.start();
    }
    if (report.step === steps || performance.now() - saved > CHECKPOINT_MS) {
      last = await report.state();
      yield checkpoint(arm.name, report.step, { trainer: last, scored: 0 });
      saved = performance.now();
    }
  }
  return last;
}

async function pictureOf(
  { model, experiment, signal }: Study,
  task: Task,
  arm: string,
  step: number,
  adapter: LoraAdapter,
): Promise<StudyEvent> {
  const { probabilities, invalidMass } = await scoreTask(model.decoder, task, experiment.seed, {
    adapter,
    ...(signal && { signal }),
  });
  return { type: 'snapshot', arm, id: task.prompt.id, step, probabilities, invalidMass };
}

async function* scoreArm(
  { measured, model, experiment, clock, signal }: Study,
  arm: string,
  step: number,
  state: StudyState = { trainer: null, scored: 0 },
  adapter?: LoraAdapter,
): AsyncGenerator<StudyEvent> {
  let saved = performance.now();
  clock.start();
  for (let i = state.scored; i < measured.length; i++) {
    const { split, task } = measured[i]!;
    yield phase('scoring', i, measured.length, 'prompts', arm, clock.secondsLeft);
    const { scores, probabilities, invalidMass } = await scoreTask(
      model.decoder,
      task,
      experiment.seed,
      { ...(adapter && { adapter }), ...(signal && { signal }) },
    );
    clock.done('score');
    const { id, family } = task.prompt;
    yield { type: 'row', row: { arm, split, family, id, ...scores } };
    yield { type: 'snapshot', arm, id, step, probabilities, invalidMass };
    if (performance.now() - saved > CHECKPOINT_MS) {
      yield checkpoint(arm, step, { trainer: state.trainer, scored: i + 1 });
      saved = performance.now();
    }
  }
  yield phase('scoring', measured.length, measured.length, 'prompts', arm, clock.secondsLeft);
}

function phase(
  name: PhaseEvent['phase'],
  done: number,
  total: number,
  unit: PhaseEvent['unit'],
  arm?: string,
  secondsLeft?: number,
): PhaseEvent {
  return {
    type: 'phase',
    phase: name,
    done,
    total,
    unit,
    ...(arm !== undefined && { arm }),
    ...(secondsLeft !== undefined && { secondsLeft }),
  };
}

function targetEvent({ split, task: { prompt, space } }: Measured): StudyEvent {
  return {
    type: 'target',
    id: prompt.id,
    split,
    family: prompt.family,
    prompt: prompt.text,
    kind: prompt.kind,
    values: space.values,
    probabilities: [...space.probabilities],
  };
}

function checkpoint(arm: string, step: number, state: StudyState): StudyEvent {
  return { type: 'checkpoint', checkpoint: { arm, step, state } };
}
