// What each arm of an experiment trains with, after its preset has spoken.
import type { SoftOptions } from '../../core/targets/node-targets.ts';
import type { OutputSpaceSettings } from '../../core/targets/space.ts';
import type { Anchor, Experiment, TrainedArm } from '../experiment/experiment.ts';

/** How finely answers are written: digits after the point, and at most so many of them. */
export interface Resolution {
  readonly decimals: number;
  readonly bins: number;
  /** The reference's where they are left out. */
  readonly tailPolicy?: OutputSpaceSettings['tailPolicy'];
  readonly placement?: OutputSpaceSettings['placement'];
  /** The lab's own where they are left out. */
  readonly rules?: OutputSpaceSettings['rules'];
}

/** The setting of one trained arm. */
export interface ArmPlan extends Resolution {
  /** Answers sampled per prompt and step; `trie` supervises every node with its mass. */
  readonly answers: number | 'trie';
  readonly steps: number;
  readonly anchor?: Anchor;
  /** Prompts of least answer entropy first. */
  readonly curriculum?: 'entropy';
  /** How answers are drawn; independently where it is left out. */
  readonly draws?: 'independent' | 'stratified';
  /** Of soft arms; the reference's where they are left out. */
  readonly soft?: SoftOptions;
}

/**
 * The paper's two arms are not matched: they differ in bins and in how often a prompt is visited,
 * with one answer each time. Soft: 3 epochs of a path per prompt. Hard: 2 epochs of 16 answers per
 * prompt, every answer a row of its batch (here the answers are drawn afresh in the second epoch).
 */
const PAPER = {
  soft: { decimals: 5, bins: 1001, rules: 'paper', visits: 3 },
  hard: { decimals: 5, bins: 16_384, rules: 'paper', visits: 2 * 16 },
} as const;

/** Answers per prompt and step of the preset `matched`: both methods see the same answer tokens. */
const MATCHED_ANSWERS = 16;

/** @param prompts number of training prompts */
export function planArm(arm: TrainedArm, { data, training }: Experiment, prompts: number): ArmPlan {
  const own = {
    ...ownOptions(arm),
    ...(training.curriculum && { curriculum: training.curriculum }),
  };
  const { decimals, bins } = data;
  const { preset, batch } = training;
  if (preset === 'paper') {
    const { visits, ...resolution } = PAPER[arm.method];
    return { ...resolution, answers: 1, steps: Math.ceil((visits * prompts) / batch), ...own };
  }
  const answers = preset === 'matched' ? MATCHED_ANSWERS : answersOf(arm);
  return { decimals, bins, answers, steps: training.steps, ...own };
}

const answersOf = (arm: TrainedArm) => (arm.method === 'soft' ? arm.paths : arm.answers);

/** What an arm says itself, whatever the preset. */
function ownOptions(
  arm: TrainedArm,
): Pick<ArmPlan, 'anchor' | 'draws' | 'tailPolicy' | 'placement' | 'soft'> {
  const { anchor, draws, tail_policy: tailPolicy, bin_placement: placement } = arm;
  return {
    ...(anchor && { anchor }),
    ...(draws && { draws }),
    ...(tailPolicy && { tailPolicy }),
    ...(placement && { placement }),
    ...(arm.method === 'soft' && softOptions(arm)),
  };
}

function softOptions({ weighting, mix, smoothing }: Extract<TrainedArm, { method: 'soft' }>) {
  const soft: SoftOptions = {
    ...(weighting !== undefined && { weighting }),
    ...(mix !== undefined && { mix }),
    ...(smoothing !== undefined && { smoothing }),
  };
  return Object.keys(soft).length > 0 && { soft };
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
  const { decimals, bins, rules } = PAPER.soft;
  return { decimals, bins, rules };
}

/** Whether the preset trains on the whole grid of every family. */
export function usesWholeGrid({ training }: Experiment): boolean {
  return training.preset === 'paper';
}
