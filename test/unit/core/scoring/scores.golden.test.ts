import { expect, test } from 'vitest';
import { createDistribution } from '../../../../src/core/distributions/create.ts';
import { andersonDarling } from '../../../../src/core/scoring/anderson-darling.ts';
import { chiSquareTest } from '../../../../src/core/scoring/chi-square.ts';
import { familySummary } from '../../../../src/core/scoring/family-summary.ts';
import { kolmogorovSmirnovTest } from '../../../../src/core/scoring/kolmogorov.ts';
import { momentErrors, wasserstein1 } from '../../../../src/core/scoring/moments.ts';
import { Comparison, readGolden } from '../../../golden/golden.ts';

interface Item {
  id: string;
  variant?: string;
  name?: string;
  family: string;
  params: Record<string, number>;
  kind: 'continuous' | 'discrete';
  values: number[];
  wasserstein_1: number | null;
  moments: {
    sample_mean: number | null;
    sample_variance: number | null;
    mean_error: number | null;
    variance_error: number | null;
    wasserstein_1: number | null;
  };
  gof: {
    gof_test: 'ks' | 'chi_square';
    gof_statistic: number | null;
    gof_pvalue: number | null;
    anderson_statistic?: number | null;
    anderson_critical_5pct?: number;
  };
  unstable?: string[];
}
const KEYS = [
  'valid_rate',
  'support_violation_rate',
  'mean_error',
  'variance_error',
  'wasserstein_1',
] as const;
type Row = { split: string; family_id: string } & Record<(typeof KEYS)[number], number | null>;
interface Golden {
  items: Item[];
  edge_cases: Item[];
  family_balanced_summary: {
    name: string;
    rows?: Row[];
    row_indices?: number[];
    summary: {
      num_rows: number;
      splits: Record<string, { num_rows: number; num_families: number } & Record<string, number>>;
    };
  }[];
}
const golden = readGolden<Golden>('scores');

function compareItem(compare: Comparison, item: Item) {
  const where = `${item.id} ${item.variant ?? item.name}`;
  const distribution = createDistribution(item.family, item.params);
  const values = Float64Array.from(item.values);
  // Student's t quantiles of the reference are good to 5e-9.
  const quantile = { relative: item.family === 'student_t' ? 1e-7 : 1e-8 };
  const w1 = wasserstein1(distribution, values);
  compare.number(w1, item.wasserstein_1, `${where} w1`, quantile);
  compare.number(w1, item.moments.wasserstein_1, `${where} w1`, quantile);
  const moments = momentErrors(distribution, values);
  // An error of nearly nothing is the difference of two rounded numbers.
  const tolerance = { relative: 1e-9, absolute: 1e-14 };
  compare.number(moments.sampleMean, item.moments.sample_mean, `${where} mean`, tolerance);
  compare.number(
    moments.sampleVariance,
    item.moments.sample_variance,
    `${where} variance`,
    tolerance,
  );
  compare.number(moments.meanError, item.moments.mean_error, `${where} mean error`, tolerance);
  compare.number(
    moments.varianceError,
    item.moments.variance_error,
    `${where} variance error`,
    tolerance,
  );

  compare.exact(distribution.kind === 'discrete' ? 'chi_square' : 'ks', item.gof.gof_test, where);
  const test = item.gof.gof_test === 'ks' ? kolmogorovSmirnovTest : chiSquareTest;
  const { statistic, pValue } = test(distribution, values);
  compare.number(statistic, item.gof.gof_statistic, `${where} statistic`);
  compare.number(pValue, item.gof.gof_pvalue, `${where} p-value`);

  const anderson = andersonDarling(item.family, values);
  const { anderson_statistic, anderson_critical_5pct } = item.gof;
  compare.exact(anderson !== null, anderson_critical_5pct !== undefined, `${where} anderson`);
  if (anderson && anderson_critical_5pct !== undefined) {
    compare.number(anderson.critical5Percent, anderson_critical_5pct, `${where} critical`);
    // A constant sample has no spread: the reference's value there is rounding noise.
    if (!item.unstable?.includes('gof.anderson_statistic')) {
      // The reference's logistic fit stops at 1e-5; ours is the maximum itself.
      const fit = { relative: item.family === 'logistic' ? 1e-6 : 1e-9 };
      compare.number(anderson.statistic, anderson_statistic!, `${where} anderson`, fit);
    }
  }
}

test('sample scores equal the reference', () => {
  const compare = new Comparison();
  for (const item of golden.items) compareItem(compare, item);
  expect(compare.count).toBe(373);
});

test('hand-made samples score as in the reference', () => {
  const compare = new Comparison();
  for (const item of golden.edge_cases) compareItem(compare, item);
  expect(compare.count).toBe(164);
});

test('family-balanced summaries equal the reference, NaN included', () => {
  const compare = new Comparison();
  const all = golden.family_balanced_summary[0]!.rows!;
  for (const { name, rows, row_indices, summary } of golden.family_balanced_summary) {
    const chosen = rows ?? row_indices!.map((i) => all[i]!);
    const actual = familySummary(
      chosen.map((row) => ({
        split: row.split,
        family: row.family_id,
        ...(Object.fromEntries(KEYS.map((key) => [key, row[key] ?? NaN])) as Record<
          (typeof KEYS)[number],
          number
        >),
      })),
      KEYS,
    );
    compare.exact(chosen.length, summary.num_rows, name);
    compare.exact([...actual.keys()], Object.keys(summary.splits), name);
    for (const [split, expected] of Object.entries(summary.splits)) {
      compare.exact(actual.get(split)!.rows, expected.num_rows, name);
      compare.exact(actual.get(split)!.families, expected.num_families, name);
      for (const key of KEYS) {
        compare.number(actual.get(split)!.averages[key], expected[`avg_${key}`]!, `${name} ${key}`);
      }
    }
  }
  expect(compare.count).toBe(34);
});
