// What each arm of an experiment trains with, after its preset has spoken.
import type { OutputSpaceSettings } from '../../core/targets/space.ts';
import type { Answers } from '../../methods/method.ts';
import { methodOf } from '../../methods/names.ts';
import type { Anchor, Experiment, TrainedArm } from '../experiment/experiment.ts';
import { PRESETS } from '../experiment/presets.ts';

/** How finely answers are written: digits after the point, and at most so many of them. */
export interface Resolution {
  readonly decimals: number;
  readonly bins: number;
  /** The lab's own where they are left out. */
  readonly rules?: OutputSpaceSettings['rules'];
}

/** The setting of one trained arm. */
export interface ArmPlan extends Resolution {
  readonly answers: Answers;
  readonly steps: number;
  readonly anchor?: Anchor;
}

/** What the paper scores on: the digits and answers of its soft targets. */
const PAPER_SCORING = { decimals: 5, bins: 1001, rules: 'paper' } as const;

/**
 * With the paper's preset arms are not matched: they differ in bins and in how often a prompt is
 * visited, with one answer each time.
 * @param prompts number of training prompts
 */
export function planArm(arm: TrainedArm, { data, training }: Experiment, prompts: number): ArmPlan {
  const { preset, batch } = training;
  const own = methodOf(arm).training!;
  const answers = own.answers(arm as never, preset && PRESETS[preset].answers);
  const anchor = arm.anchor && { anchor: arm.anchor };
  if (preset === 'paper') {
    const { visits, ...resolution } = own.paper;
    const steps = Math.ceil((visits * prompts) / batch);
    return { ...resolution, rules: 'paper', answers, steps, ...anchor };
  }
  const { decimals, bins } = data;
  return { decimals, bins, answers, steps: training.steps, ...anchor };
}

/**
 * The answers that all arms are scored on: those the experiment names, or with the paper's preset
 * those of its soft runs. An arm trained to write more digits than are scored would score nothing.
 */
export function scoringResolution({
  data,
  training,
}: Pick<Experiment, 'data' | 'training'>): Resolution {
  if (training.preset !== 'paper') return { decimals: data.decimals, bins: data.bins };
  return PAPER_SCORING;
}

/** Whether the preset trains on the whole grid of every family. */
export function usesWholeGrid({ training }: Experiment): boolean {
  return training.preset === 'paper';
}
