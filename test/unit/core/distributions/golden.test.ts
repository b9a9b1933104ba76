// Every figure of scipy's and mpmath's for the distributions: cdf, density, quantiles, moments.
import { describe, expect, it } from 'vitest';
import { createDistribution } from '../../../../src/core/distributions/create.ts';
import { FAMILIES } from '../../../../src/core/distributions/families.ts';
import { Comparison, readGolden } from '../../../golden/golden.ts';

interface Item {
  family: string;
  id: string;
  params: Record<string, number>;
  kind: string;
  support_min: number | null;
  support_max: number | null;
  x: number[];
  cdf: (number | null)[];
  pdf?: number[];
  pmf?: number[];
  ppf: number[];
  mean: number | null;
  mean_repr: string;
  variance: number | null;
  variance_repr: string;
}

const { quantiles, items } = readGolden<{ quantiles: number[]; items: Item[] }>('distributions');

/** Python's `inf` and `nan`, read. */
const nonFinite = (text: string) => (text === 'inf' ? Infinity : NaN);

describe('against scipy', () => {
  const comparison = new Comparison();

  it.each(items.map((item) => [item.id, item] as const))('%s', (id, item) => {
    const distribution = createDistribution(item.family, item.params);
    const spread = item.ppf[5]! - item.ppf[3]!;
    comparison.exact(distribution.kind, item.kind, `${id} kind`);
    item.x.forEach((x, i) => {
      // A null is scipy's own failure (hypergeom.cdf off the integers).
      if (item.cdf[i] !== null) comparison.number(distribution.cdf(x), item.cdf[i]!, `cdf(${x})`);
      comparison.number(distribution.density(x), (item.pdf ?? item.pmf)![i]!, `density(${x})`);
    });
    quantiles.forEach((p, i) => {
      const expected = item.ppf[i]!;
      const relative = item.family === 'student_t' ? 1e-7 : 1e-8;
      const tolerance =
        item.kind === 'discrete' ? { relative: 0 } : { relative, absolute: relative * spread };
      comparison.number(distribution.quantile(p), expected, `quantile(${p})`, tolerance);
    });
    for (const moment of ['mean', 'variance'] as const) {
      const expected = item[moment];
      if (expected === null) {
        comparison.exact(distribution[moment], nonFinite(item[`${moment}_repr`]), moment);
      } else {
        comparison.number(distribution[moment], expected, moment, { absolute: 1e-9 * spread });
      }
    }
    comparison.number(distribution.support[0], item.support_min, 'lower end', { relative: 0 });
    comparison.number(distribution.support[1], item.support_max, 'upper end', { relative: 0 });
  });

  it('compared all 2,853 figures: three settings of each family', () => {
    expect(items).toHaveLength(3 * FAMILIES.length);
    expect(comparison.count).toBe(2853);
  });
});

describe('against 60 and more digits, where naive formulas fail', () => {
  type Row = [string, Record<string, number>, number, number, number];
  const { rows } = readGolden<{ rows: Row[] }>('distributions_extreme');

  it.each(rows)('%s %j at %d', (family, parameters, x, cdf, density) => {
    const comparison = new Comparison();
    const distribution = createDistribution(family, parameters);
    comparison.number(distribution.cdf(x), cdf, 'cdf', { relative: 1e-10 });
    comparison.number(distribution.density(x), density, 'density', { relative: 1e-10 });
  });

  it('compared 122 figures', () => expect(2 * rows.length).toBe(122));
});
