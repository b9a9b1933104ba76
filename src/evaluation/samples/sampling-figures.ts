// Family-balanced summaries of structured sampling, over prompts and, if there are several runs, seeds.
import type { MeasuredPrompt } from '../../core/scoring/bootstrap.ts';
import { familySummary } from '../../core/scoring/family-summary.ts';
import { balancedMean, reportFigure, finiteOrNull, type Figure } from '../report.ts';
import type { SamplingRow } from './sampling-row.ts';

const METRICS = {
  valid_rate: (row) => row.valid_rate,
  support_violation_rate: (row) => row.support_violation_rate,
  mean_error: (row) => row.mean_error,
  variance_error: (row) => row.variance_error,
  wasserstein_1: (row) => row.wasserstein_1,
  total_variation: (row) => row.total_variation,
  excess_total_variation: (row) => row.excess_total_variation,
  /** Share of prompts whose goodness-of-fit test rejects at the 5 % level. */
  gof_rejection_rate: ({ gof }) => (gof.p_value === null ? null : Number(gof.p_value < 0.05)),
  anderson_rejection_rate: ({ anderson }) =>
    anderson === null || anderson.statistic === null
      ? null
      : Number(anderson.statistic > anderson.critical_5pct),
} as const satisfies Record<string, (row: SamplingRow) => number | null>;

/** What the reference averages. */
const REFERENCE_METRICS = [
  'valid_rate',
  'support_violation_rate',
  'mean_error',
  'variance_error',
  'wasserstein_1',
] as const;

/**
 * Means over families, per split, with bootstrap intervals over prompts and seeds; prompts without
 * the figure are left out and counted in the note. Beside them, named `reference_…`, the reference's
 * means, which are undefined as soon as one prompt's figure is (a Cauchy prompt has no mean error).
 * @param runs rows of the same prompts in the same order, one run for each training seed
 * @param seed of the bootstrap
 */
export function samplingFigures(runs: readonly (readonly SamplingRow[])[], seed: number): Figure[] {
  const rows = runs.flat();
  const splits = [...new Set(rows.map(({ split }) => split))];
  const reference = familySummary(rows.map(referenceRow), REFERENCE_METRICS);
  return splits.flatMap((split) => [
    ...Object.entries(METRICS).map(([name, metric]) =>
      balancedMean(name, measuredPrompts(runs, split, metric), seed, split),
    ),
    ...REFERENCE_METRICS.map((name) => {
      const { averages, rows: count } = reference.get(split)!;
      const value = finiteOrNull(averages[name]);
      const note = value === null ? 'undefined for at least one prompt' : null;
      return reportFigure(`reference_${name}`, value, count, { group: split, note });
    }),
  ]);
}

/** One entry for each prompt of the split, with its value in every run. */
function measuredPrompts(
  runs: readonly (readonly SamplingRow[])[],
  split: string,
  metric: (row: SamplingRow) => number | null,
): MeasuredPrompt[] {
  const ofSplit = runs.map((rows) => rows.filter((row) => row.split === split));
  return ofSplit[0]!.map(({ family }, prompt) => ({
    family,
    values: ofSplit.map((rows) => metric(rows[prompt]!)),
  }));
}

function referenceRow(row: SamplingRow) {
  const { split, family } = row;
  return {
    split,
    family,
    valid_rate: row.valid_rate ?? NaN,
    support_violation_rate: row.support_violation_rate ?? NaN,
    mean_error: row.mean_error ?? NaN,
    variance_error: row.variance_error ?? NaN,
    wasserstein_1: row.wasserstein_1 ?? NaN,
  };
}
