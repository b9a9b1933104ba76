// Means over prompts in which every family counts the same, however many prompts it has.
import { groupBy } from '../../core/group-by.ts';
import { mean } from '../../core/mean.ts';
import type { EvaluationRow } from '../events.ts';
import { type Metric, ofEachMetric } from '../exact-figures.ts';
import type { Split } from '../experiment/experiment.ts';

/** Family-balanced means, and how much they stand on. Null where no prompt has the figure. */
export type Summary = Record<Metric, number | null> & { families: number; prompts: number };

type Row = Omit<EvaluationRow, 'arm'>;

/** The mean over families of each family's mean over its prompts, per split. */
export function summarise(rows: readonly Row[]): Partial<Record<Split, Summary>> {
  const summaries: Partial<Record<Split, Summary>> = {};
  for (const [split, ofSplit] of groupBy(rows, (row) => row.split)) {
    const families = [...groupBy(ofSplit, (row) => row.family).values()];
    summaries[split] = {
      ...ofEachMetric((metric) => mean(families, (family) => meanOf(family, metric))),
      families: families.length,
      prompts: ofSplit.length,
    };
  }
  return summaries;
}

/** Mean of a figure over the rows that have it, or null. */
export function meanOf(rows: readonly Row[], metric: Metric): number | null {
  return mean(rows, (row) => row[metric]);
}
