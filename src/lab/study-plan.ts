// What each arm of an experiment trains with, after its preset has spoken (method.md section 6).
import type { Arm, Experiment } from './experiment.ts';

/** The setting of one trained arm. */
export interface ArmPlan {
  /** Answers sampled per prompt and step; `trie` supervises every node with its mass. */
  readonly answers: number | 'trie';
  readonly decimals: number;
  readonly bins: number;
  readonly steps: number;
}

/** The paper's two arms are not matched: they differ in bins, answers per prompt and epochs. */
const PAPER = {
  soft: { answers: 1, bins: 1001, epochs: 3 },
  hard: { answers: 16, bins: 16_384, epochs: 2 },
  decimals: 5,
} as const;

/** Answers per prompt and step of the preset `matched`: both methods see the same answer tokens. */
const MATCHED_ANSWERS = 16;

/** @param prompts number of training prompts: an epoch visits each once */
export function planArm(
  arm: Exclude<Arm, { method: 'none' }>,
  { data, training }: Experiment,
  prompts: number,
): ArmPlan {
  if (training.preset === 'paper') {
    const { answers, bins, epochs } = PAPER[arm.method];
    const steps = Math.ceil((epochs * prompts) / training.batch);
    return { answers, bins, decimals: PAPER.decimals, steps };
  }
  const own = arm.method === 'soft' ? arm.paths : arm.answers;
  return {
    answers: training.preset === 'matched' ? MATCHED_ANSWERS : own,
    decimals: data.decimals,
    bins: data.bins,
    steps: training.steps,
  };
}

/** Whether the preset trains on the whole grid of every family. */
export function usesWholeGrid({ training }: Experiment): boolean {
  return training.preset === 'paper';
}
