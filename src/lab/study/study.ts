// The study: every arm of an experiment trained and scored, as one stream of events.
import { InputError, NotANumberError } from '../../core/errors.ts';
import { createLora, loraToFile } from '../../model/adapter/lora.ts';
import { projectionsNamed } from '../../model/adapter/lora-targets.ts';
import { adapterFiles } from '../../model/adapter-folder.ts';
import { isScoredExactly } from './arm-measures.ts';
import type { StudyEvent } from '../events.ts';
import { methodOf } from '../../methods/names.ts';
import { isTrained, type Arm, type Experiment } from '../experiment/experiment.ts';
import { StudyClock } from './study-clock.ts';
import { ModelPool } from './lanes/model-pool.ts';
import { ARM_START } from './study-context.ts';
import type { ArmState, Measured, Study, StudyContext } from './study-context.ts';
import { evaluateArm } from './study-evaluations.ts';
import { checkpointEvent, phaseEvent, targetEvent } from './study-events.ts';
import { planArm, scoringResolution } from '../plan/study-plan.ts';
import { taughtPrompts, studyPrompts } from '../plan/study-prompts.ts';
import { scoreArm } from './study-scoring.ts';
import { oneAfterAnother, takingTurns } from './taking-turns.ts';
import { TaskMaker } from './study-tasks.ts';
import { findTemperature, temperatureOf } from './study-temperature.ts';
import { trainArm } from './study-training.ts';
import { workLeft } from './study-work.ts';
import type { Subject } from './subject.ts';
import * as tf from '../../tensor/tf.ts';
import { trustPrograms } from '../../training/self-test.ts';

/**
 * Runs the arms in their order: train, hand over the adapter, score every measured prompt exactly,
 * run the further evaluations.
 * One seed and one backend give one result. Cancel (`signal`) is heard within one optimizer step.
 * @throws InputError for settings that do not fit the model or the families
 * @throws WrongResultError before any training if the backend computes a program of the model wrongly
 * @throws NotANumberError naming arm and step where a loss or a score is none; the checkpoints that
 *   were yielded before are good
 */
export async function* runStudy(
  experiment: Experiment,
  context: StudyContext,
): AsyncGenerator<StudyEvent> {
  const { inTurns, threads, model } = context;
  // One device does all the work of WebGPU, and a race asks for one thing at a time.
  const alone = inTurns === true || tf.getBackend() === 'webgpu';
  const pool = new ModelPool(model.decoder, alone ? undefined : threads);
  try {
    yield* studyIn(pool, experiment, context);
  } finally {
    pool.dispose();
  }
}

async function* studyIn(
  pool: ModelPool,
  experiment: Experiment,
  context: StudyContext,
): AsyncGenerator<StudyEvent> {
  if (experiment.seeds) {
    throw new InputError(
      'seeds are given to a single study',
      'Run it once from each of them.',
      'seeds',
    );
  }
  const began = performance.now();
  const { environment, resume, signal } = context;
  const model = {
    ...context.model,
    tokenizer: context.model.tokenizer.on(experiment.date),
  };
  const { lora } = experiment.training;
  const targets = projectionsNamed(model.decoder.spec, lora.targets);
  const first = resume ? indexOfArm(experiment, resume.arm) : 0;
  const { training, evaluation } = studyPrompts(experiment);
  const { arm = '', step = 0 } = resume ?? {};
  const onProcessor = environment.backend !== 'webgpu' && { threads: pool.size };
  yield {
    type: 'environment',
    environment: { ...environment, ...onProcessor },
    ...(resume && { from: { arm, step } }),
  };
  const notes = resume ? [] : model.tokenizer.notes;
  for (const message of notes) yield { type: 'warning', message };
  // A backend that was tested is trusted with this model's own programs once those are, too.
  if (environment.selfTest === 'passed' && experiment.arms.some(isTrained)) {
    yield phaseEvent('compiling', 0, 0, 'kernels');
    await trustPrograms(model.decoder, { ...lora, targets });
  }

  const tasks = new TaskMaker(model.tokenizer, scoringResolution(experiment));
  const measured: Measured[] = [];
  for (const { split, prompt } of evaluation) {
    yield phaseEvent('preparing', measured.length, evaluation.length, 'prompts');
    signal?.throwIfAborted();
    measured.push({ split, task: tasks.make(prompt).prepared() });
    if (!resume) yield targetEvent(measured.at(-1)!, context.inTurns);
  }
  yield phaseEvent('preparing', measured.length, evaluation.length, 'prompts');

  const arms = experiment.arms.slice(first);
  const state = resume && ({ ...ARM_START, ...(resume.state as object) } as ArmState);
  const study: Study = {
    ...context,
    model,
    experiment,
    lora: { ...lora, targets },
    training,
    measured,
    pool,
    clock: new StudyClock(workLeft(arms, experiment, training, measured.length, state)),
  };
  const lanes = arms.map((arm, i) => namedArm(study, arm, i === 0 ? state : undefined));
  yield* context.inTurns
    ? takingTurns(lanes, (event) => event.type === 'snapshot')
    : oneAfterAnother(lanes);
  yield { type: 'done', seconds: (performance.now() - began) / 1000 };
}

function indexOfArm({ arms }: Experiment, name: string): number {
  const index = arms.findIndex((arm) => arm.name === name);
  if (index >= 0) return index;
  throw new InputError(
    `the checkpoint is of the arm ${JSON.stringify(name)}, which the experiment does not have`,
    'Continue the run with the experiment it was started with, or start it again.',
    'resume',
  );
}

/** An arm whose figures stop being numbers says so by its name. */
async function* namedArm(study: Study, arm: Arm, resumed?: ArmState): AsyncGenerator<StudyEvent> {
  try {
    yield* runArm(study, arm, resumed);
  } catch (error) {
    throw error instanceof NotANumberError ? error.of(`arm ${arm.name}`) : error;
  }
}

async function* runArm(study: Study, arm: Arm, resumed?: ArmState): AsyncGenerator<StudyEvent> {
  const { experiment, model, lora, training } = study;
  const start = resumed ?? ARM_START;
  if (!resumed) yield checkpointEvent(arm.name, 0, start);
  if (!isTrained(arm)) {
    if (temperatureOf(arm) === undefined) {
      return yield* measureArm(study, arm, 0, start, { asks: askingOf(study, arm) });
    }
    const temperature = start.temperature ?? (yield* findTemperature(study, arm));
    const found = { ...start, temperature };
    yield checkpointEvent(arm.name, 0, found);
    return yield* measureArm(study, arm, 0, found, { temperature });
  }
  const plan = planArm(arm, experiment, taughtPrompts(arm, training).length);
  const adapter = createLora(model.decoder.spec, lora, experiment.seed);
  try {
    const trained = yield* trainArm(study, arm, plan, adapter, start);
    const weights = loraToFile(lora, trained.parameters);
    const files = adapterFiles(weights, model.decoder.spec, experiment.model);
    yield { type: 'adapter', arm: arm.name, files: Object.fromEntries(files) };
    yield* measureArm(study, arm, plan.steps, trained.state, { adapter });
  } finally {
    adapter.dispose();
  }
}

/** How an arm that is not trained asks the model; undefined where it asks as everyone does. */
function askingOf({ measured }: Study, arm: Arm): Subject['asks'] {
  const { answering } = methodOf(arm);
  if (!answering?.asks) return undefined;
  const answers = new Map(
    measured.map(({ task: { prompt, space } }) => [prompt.text, space.values] as const),
  );
  return (model) => answering.asks!(model, arm as never, (prompt) => answers.get(prompt));
}

/** Scores an arm exactly, where its probabilities are known, then runs the further evaluations. */
async function* measureArm(
  study: Study,
  arm: Arm,
  step: number,
  start: ArmState,
  subject: Subject,
): AsyncGenerator<StudyEvent> {
  const scored = isScoredExactly(arm) ? study.measured.length : 0;
  if (scored > 0) yield* scoreArm(study, arm.name, step, start, subject);
  yield* evaluateArm(study, arm, step, { ...start, scored }, subject);
}
