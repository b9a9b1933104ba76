// Which anchor prompts the steps of an arm take: the untouched model is asked no others.
import { stepRows } from '../../../training/family-order.ts';
import type { Anchor } from '../../experiment/experiment.ts';
import { anchorPrompts, anchorSums, type AnchorPrompt } from './anchor-prompts.ts';

export interface AnchorSchedule {
  /** Those that some step takes, in the order in which they are written. */
  readonly prompts: readonly AnchorPrompt[];
  /** Their places in `prompts`, none where the step has no anchor. @param step from the first one of the schedule on */
  of(step: number): readonly number[];
}

/**
 * Every so many steps have an anchor, the first of the arm among them; kinds take turns.
 * @param first the first step @param steps of the arm: one more than the last
 */
export function anchorSchedule(
  anchor: Anchor,
  seed: number,
  first: number,
  steps: number,
): AnchorSchedule {
  const all = promptsOf(anchor, seed);
  const kinds = all.map(({ kind }) => kind);
  const rowsOf = stepRows(anchor.batch, kinds, seed);
  const rows = Array.from({ length: Math.max(0, steps - first) }, (_, i) => {
    const turn = (first + i) / anchor.every;
    return Number.isInteger(turn) ? rowsOf(turn) : [];
  });
  const taken = new Set(rows.flat());
  const places = new Map([...all.keys()].filter((row) => taken.has(row)).map((row, i) => [row, i]));
  return {
    prompts: [...places.keys()].map((row) => all[row]!),
    of: (step) => rows[step - first]!.map((row) => places.get(row)!),
  };
}

/** The prompts an anchor names, or the lab's own. */
function promptsOf({ prompts }: Anchor, seed: number): readonly AnchorPrompt[] {
  if (prompts === 'sums') return anchorSums(seed);
  if (prompts === 'all') return anchorPrompts(seed);
  return prompts.map((text) => ({ kind: 'given', text }));
}
