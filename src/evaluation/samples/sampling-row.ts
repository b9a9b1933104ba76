// One row of structured sampling: what a prompt's answers say, as plain data.
import type { SampleReport } from '../../core/scoring/sample-report.ts';
import { finiteOrNull } from '../report.ts';

/** One prompt's figures, null where undefined. All but the rates look at valid answers only. */
export interface SamplingRow {
  readonly id: string;
  readonly split: string;
  readonly family: string;
  readonly n: number;
  readonly valid_rate: number | null;
  readonly support_violation_rate: number | null;
  readonly sample_mean: number | null;
  readonly sample_variance: number | null;
  readonly mean_error: number | null;
  readonly variance_error: number | null;
  readonly wasserstein_1: number | null;
  readonly total_variation: number | null;
  readonly excess_total_variation: number | null;
  readonly gof: {
    readonly test: 'ks' | 'chi_square';
    readonly statistic: number | null;
    readonly p_value: number | null;
  };
  readonly anderson: { readonly statistic: number | null; readonly critical_5pct: number } | null;
}

/** The figures of a report under the names that results give them. */
export function samplingFields(report: SampleReport): Omit<SamplingRow, 'id' | 'split' | 'family'> {
  const { goodnessOfFit: gof, anderson } = report;
  return {
    n: report.n,
    valid_rate: finiteOrNull(report.validRate),
    support_violation_rate: finiteOrNull(report.supportViolationRate),
    sample_mean: finiteOrNull(report.sampleMean),
    sample_variance: finiteOrNull(report.sampleVariance),
    mean_error: finiteOrNull(report.meanError),
    variance_error: finiteOrNull(report.varianceError),
    wasserstein_1: finiteOrNull(report.wasserstein1),
    total_variation: report.totalVariation,
    excess_total_variation: report.excessTotalVariation,
    gof: {
      test: gof.test,
      statistic: finiteOrNull(gof.statistic),
      p_value: finiteOrNull(gof.pValue),
    },
    anderson: anderson && {
      statistic: finiteOrNull(anderson.statistic),
      critical_5pct: anderson.critical5Percent,
    },
  };
}
