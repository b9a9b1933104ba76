// A study that moves made-up answers towards the real target, step by step.
import type { EvaluationRow, StudyEvent } from '../../../src/lab/events.ts';
import type { Arm, Experiment, Split } from '../../../src/lab/experiment/experiment.ts';
import type { LabServiceParts } from '../../../src/lab/lab-service.ts';
import { previewTarget } from '../../../src/lab/plan/target-preview.ts';
import { FAMILIES } from '../../../src/core/distributions/families.ts';
import type { RunWay, TargetPreview } from '../../../src/lab/contract.ts';
import { totalVariation } from '../../../src/core/scoring/total-variation.ts';
import { OutOfMemoryError } from '../../../src/tensor/device-errors.ts';
import { reportsOf } from './scripted-reports.ts';

const environment = {
  backend: 'webgpu',
  adapter: 'scripted adapter',
  model: 'scripted',
  selfTest: 'passed',
  versions: {},
} as const;

/** `?trouble=memory|input|slow` in the address makes something go wrong. */
const trouble = new URLSearchParams(location.search).get('trouble');
/** `?pace=0` trains as fast as the page can hear of it; otherwise a step takes so many milliseconds. */
const pace = Number(new URLSearchParams(location.search).get('pace') ?? 8);
const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export function scriptedStudy(): LabServiceParts {
  return {
    prepare: async () =>
      trouble === 'slow'
        ? { ...environment, backend: 'wasm', notice: 'The lab cannot use WebGPU here.' }
        : environment,
    study,
  };
}

interface Measured {
  split: Split;
  target: TargetPreview;
}

function measuredBy({ data }: Experiment): Measured[] {
  if (data.choices || data.distribution) return [{ split: 'train', target: previewTarget(data) }];
  const of = (split: Split, role: 'train' | 'held_out', shift: number) =>
    FAMILIES.filter((family) => family.role === role).map(({ id, parameters }) => ({
      split,
      target: {
        ...previewTarget({
          ...{ decimals: data.decimals, bins: data.bins },
          distribution: {
            family: id,
            params: Object.fromEntries(parameters.map((p) => [p.name, p.default])),
          },
        }),
        id: `${id}_${shift}`,
      },
    }));
  return [
    ...of('train', 'train', 0),
    ...of('test_unseen_params', 'train', 1),
    ...of('test_ood_family', 'held_out', 0),
  ];
}

const steepness = { train: 1, test_unseen_params: 0.72, test_ood_family: 0.6 };

/** Collapsed at 0, calibrated at 1; hard targets keep some noise. */
function answers({ target, split }: Measured, method: Arm['method'], progress: number) {
  const reach = progress * steepness[split] * (method === 'hard' ? 0.96 : 1);
  const favourite = Math.floor(target.values.length * 0.42);
  const invalidMass = 0.12 * (1 - reach) + 0.002;
  const collapsed = target.values.map((_, i) =>
    i === favourite ? 0.55 : 0.3 * Math.exp(-Math.abs(i - favourite) / (target.values.length / 12)),
  );
  const total = collapsed.reduce((a, b) => a + b, 0);
  const mixed = target.probabilities.map((p, i) => {
    const noise = method === 'hard' ? 1 + 0.3 * Math.sin(i * 12.9898) : 1;
    return reach * p * noise + ((1 - reach) * (collapsed[i] ?? 0)) / total;
  });
  const sum = mixed.reduce((a, b) => a + b, 0);
  return { probabilities: mixed.map((p) => ((1 - invalidMass) * p) / sum), invalidMass };
}

function rowOf(measured: Measured, arm: Arm, progress: number): EvaluationRow {
  const { split, target } = measured;
  const { probabilities, invalidMass } = answers(measured, arm.method, progress);
  const kl = target.probabilities.reduce(
    (sum, p, i) => (p > 0 ? sum + p * Math.log(p / Math.max(1e-12, probabilities[i] ?? 0)) : sum),
    0,
  );
  return {
    arm: arm.name,
    split,
    family: target.family,
    id: target.id,
    kl,
    tv: totalVariation(target.probabilities, probabilities, invalidMass),
    js: kl / 4,
    valid_mass: 1 - invalidMass,
    wasserstein_1: target.kind === 'choices' ? null : kl / 3,
    reference_logit_kl: kl / 5,
  };
}

async function* study(
  experiment: Experiment,
  _: AbortSignal,
  { resume }: RunWay = {},
): AsyncGenerator<StudyEvent> {
  const { training } = experiment;
  const first = experiment.arms.findIndex(({ name }) => name === resume?.arm);
  const arms = experiment.arms.slice(Math.max(0, first));
  for (let done = 0; done <= 6; done++) {
    yield { type: 'phase', phase: 'loading', done: done * 1e6, total: 6e6, unit: 'bytes' };
    await rest(30);
  }
  const { arm: place = '', step: taken = 0 } = resume ?? {};
  yield { type: 'environment', environment, ...(resume && { from: { arm: place, step: taken } }) };
  if (trouble === 'memory' && arms.length > 1) {
    throw new OutOfMemoryError('Out of memory on the GPU');
  }
  const measured = measuredBy(experiment);
  for (const { split, target } of resume ? [] : measured) {
    const { id, family, prompt, kind, values, probabilities } = target;
    yield { type: 'target', id, split, family, prompt, kind, values, probabilities };
  }
  for (const [i, arm] of arms.entries()) {
    const begun = i === 0 ? taken : 0;
    yield { type: 'checkpoint', checkpoint: { arm: arm.name, step: begun, state: null } };
    if (arm.method !== 'none') yield* trainArm(arm, training, measured[0] as Measured, begun);
    const progress = arm.method === 'none' ? 0 : 0.93;
    for (const [i, one] of measured.entries()) {
      const step = arm.method === 'none' ? 0 : training.steps;
      const unit = 'prompts';
      yield {
        type: 'phase',
        phase: 'scoring',
        arm: arm.name,
        done: i + 1,
        total: measured.length,
        unit,
      };
      yield { type: 'row', row: rowOf(one, arm, progress) };
      yield {
        type: 'snapshot',
        arm: arm.name,
        id: one.target.id,
        step,
        ...answers(one, arm.method, progress),
      };
      await rest(4);
    }
    const evenness = progress * (arm.method === 'hard' ? 0.8 : 1);
    yield* reportsOf(arm.name, evenness, experiment.evaluation);
  }
  yield { type: 'done', seconds: 42 };
}

async function* trainArm(
  arm: Arm,
  { steps, learning_rate }: Experiment['training'],
  watched: Measured,
  begun: number,
): AsyncGenerator<StudyEvent> {
  for (let step = begun + 1; step <= steps; step++) {
    if (pace > 0) await rest(pace);
    const progress = 0.93 * (1 - Math.exp((-4 * step) / steps));
    yield {
      type: 'phase',
      phase: 'training',
      arm: arm.name,
      done: step,
      total: steps,
      unit: 'steps',
      secondsLeft: (steps - step) * 0.01,
    };
    yield {
      type: 'step',
      arm: arm.name,
      step,
      steps,
      loss:
        step % 5 ? null : 2.4 * (1 - progress) + 0.15 * (1 + Math.sin(step * 7.1)) * (1 - progress),
      learningRate: learning_rate * (1 - step / steps),
      answerTokens: step * 512,
      promptTokens: step * 320,
      seconds: step * 0.01,
    };
    if (step % Math.ceil(steps / 10) === 0) {
      const snapshot = answers(watched, arm.method, progress);
      yield { type: 'snapshot', arm: arm.name, id: watched.target.id, step, ...snapshot };
      yield { type: 'checkpoint', checkpoint: { arm: arm.name, step, state: null } };
    }
  }
}
