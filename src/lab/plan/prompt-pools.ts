// The prompts of each split to choose from, and how a seed and a list choose.
import { randomStream } from '../../core/random.ts';
import type { Experiment, Split } from '../experiment/experiment.ts';
import { usesWholeGrid } from './study-plan.ts';
import type { StudyPrompt } from './study-prompt.ts';

export type Pools = Readonly<Record<Split, readonly StudyPrompt[]>>;
export const NO_PROMPTS: Pools = { train: [], test_unseen_params: [], test_ood_family: [] };

/** The prompts of a family or category that are trained on, in the order in which the seed draws them. */
export function drawn<T>(experiment: Experiment, family: string, rows: readonly T[]): T[] {
  const { seed, data } = experiment;
  if (usesWholeGrid(experiment)) return [...rows];
  return randomStream(seed, 'prompts', family)
    .shuffle([...rows])
    .slice(0, data.prompts_per_family);
}

/** Held-out ones to measure: those listed, or all where none is. */
export function measured(
  heldOut: readonly string[],
  listed: string | readonly string[],
): Set<string> {
  const wanted = heldOut.filter((id) => typeof listed !== 'string' && listed.includes(id));
  return new Set(wanted.length > 0 ? wanted : heldOut);
}
