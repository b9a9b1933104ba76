// The study: every arm of an experiment trained and scored, as one stream of events.
import { InputError } from '../core/errors.ts';
import { createLora, loraToFile } from '../model/lora.ts';
import { projectionsNamed } from '../model/lora-targets.ts';
import { writeAdapter } from '../model/peft-writer.ts';
import type { StudyEvent } from './events.ts';
import type { Arm, Experiment } from './experiment.ts';
import { StudyClock } from './study-clock.ts';
import { ARM_START } from './study-context.ts';
import type { ArmState, Measured, Study, StudyContext } from './study-context.ts';
import { checkpointEvent, phaseEvent, targetEvent } from './study-events.ts';
import { anchorsLeft } from './study-anchor.ts';
import { planArm, scoringResolution } from './study-plan.ts';
import { studyPrompts } from './study-prompts.ts';
import { scoreArm } from './study-scoring.ts';
import { TaskMaker } from './study-tasks.ts';
import { trainArm } from './study-training.ts';

/**
 * Runs the arms in their order: train, hand over the adapter, score every measured prompt exactly.
 * One seed and one backend give one result. Cancel (`signal`) is heard within one optimizer step.
 * @throws InputError for settings that do not fit the model or the families
 */
export async function* runStudy(
  experiment: Experiment,
  context: StudyContext,
): AsyncGenerator<StudyEvent> {
  const began = performance.now();
  const { model, environment, resume, signal } = context;
  const { lora } = experiment.training;
  const targets = projectionsNamed(model.decoder.spec, lora.targets);
  const first = resume ? indexOfArm(experiment, resume.arm) : 0;
  const { training, evaluation } = studyPrompts(experiment);
  if (!resume) yield { type: 'environment', environment };

  const tasks = new TaskMaker(model.tokenizer, scoringResolution(experiment));
  const measured: Measured[] = [];
  for (const { split, prompt } of evaluation) {
    yield phaseEvent('preparing', measured.length, evaluation.length, 'prompts');
    signal?.throwIfAborted();
    measured.push({ split, task: tasks.make(prompt).prepared() });
    if (!resume) yield targetEvent(measured.at(-1)!);
  }
  yield phaseEvent('preparing', measured.length, evaluation.length, 'prompts');

  const arms = experiment.arms.slice(first);
  const state = resume?.state as ArmState | undefined;
  const study: Study = {
    ...context,
    experiment,
    lora: { ...lora, targets },
    training,
    measured,
    clock: new StudyClock(workLeft(arms, experiment, training.length, measured.length, state)),
  };
  for (const [i, arm] of arms.entries()) yield* runArm(study, arm, i === 0 ? state : undefined);
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

/** Parts that are left to do. */
function workLeft(
  arms: readonly Arm[],
  experiment: Experiment,
  prompts: number,
  measured: number,
  { trainer, scored }: ArmState = ARM_START,
) {
  const training = arms.map((arm, i) => {
    if (arm.method === 'none') return { anchor: 0, step: 0 };
    const plan = planArm(arm, experiment, prompts);
    const done = i === 0 ? (trainer?.step ?? 0) : 0;
    return { anchor: anchorsLeft(plan, experiment.seed, done), step: plan.steps - done };
  });
  const sum = (part: 'anchor' | 'step') => training.reduce((total, arm) => total + arm[part], 0);
  return {
    anchor: sum('anchor'),
    step: sum('step'),
    score: arms.length * measured - scored,
  };
}

async function* runArm(study: Study, arm: Arm, resumed?: ArmState): AsyncGenerator<StudyEvent> {
  const { experiment, model, lora, training } = study;
  const { spec } = model.decoder;
  const start = resumed ?? ARM_START;
  if (!resumed) yield checkpointEvent(arm.name, 0, start);
  if (arm.method === 'none') {
    yield* scoreArm(study, arm.name, 0, start);
    return;
  }
  const plan = planArm(arm, experiment, training.length);
  const adapter = createLora(spec, lora, experiment.seed);
  try {
    const trained = yield* trainArm(study, arm, plan, adapter, start);
    const files = writeAdapter(loraToFile(lora, trained.parameters), spec, experiment.model);
    yield { type: 'adapter', arm: arm.name, files: Object.fromEntries(files) };
    yield* scoreArm(study, arm.name, plan.steps, trained.state, adapter);
  } finally {
    adapter.dispose();
  }
}
