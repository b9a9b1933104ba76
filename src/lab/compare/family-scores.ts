// Scores of single families side by side.
import { familyBalancedMean, type MeasuredPrompt } from '../../core/scoring/bootstrap.ts';
import type { Metric } from '../exact-figures.ts';
import type { Split } from '../experiment/experiment.ts';
import type { Column } from './columns.ts';
import { bestOf, type MeasuredColumn, measuredColumn } from './measured.ts';

export interface FamilyScores {
  readonly family: string;
  /** [columns] mean over the family's prompts and seeds. */
  readonly values: readonly (number | null)[];
  /** Place of the best one; null with fewer than two. */
  readonly best: number | null;
}

/** Single families of a split, without intervals: many have one prompt only. */
export function familyScores(
  columns: readonly Column[],
  split: Split,
  metric: Metric,
): FamilyScores[] {
  const measured = columns.map((column) => byFamily(measuredColumn(column, split, metric)));
  const families = new Set(measured.flatMap((column) => [...column.keys()]));
  return [...families].map((family) => {
    const values = measured.map((column) => {
      const prompts = column.get(family);
      return prompts ? familyBalancedMean(prompts) : null;
    });
    return { family, values, best: bestOf(values, metric) };
  });
}

function byFamily(column: MeasuredColumn): Map<string, MeasuredPrompt[]> {
  const families = new Map<string, MeasuredPrompt[]>();
  for (const prompt of column.values()) {
    families.set(prompt.family, [...(families.get(prompt.family) ?? []), prompt]);
  }
  return families;
}
