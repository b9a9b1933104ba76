// Parameters at the ends of their domains, and levels in the far tails.
import { describe, expect, it } from 'vitest';
import { createDistribution } from '../../../../src/core/distributions/create.ts';
import { FAMILIES } from '../../../../src/core/distributions/families.ts';
import type { Parameter } from '../../../../src/core/distributions/parameter.ts';
import { InputError } from '../../../../src/core/errors.ts';
import { outputSpace } from '../../../../src/core/targets/output-space.ts';
import { Comparison, readGolden } from '../../../golden/golden.ts';

describe('T4: quantiles in far tails', () => {
  type Row = [string, Record<string, number>, number, number];
  const { rows } = readGolden<{ rows: Row[] }>('quantiles_extreme');

  it('of beta and F agree with mpmath in eleven digits', () => {
    const comparison = new Comparison();
    for (const [family, parameters, p, expected] of rows) {
      const quantile = createDistribution(family, parameters).quantile(p);
      const where = `${family} ${JSON.stringify(parameters)} at ${p}`;
      comparison.number(quantile, expected, where, { relative: 1e-11 });
    }
    expect(comparison.count).toBe(170);
  });

  it('of chi and gamma come back where the shape is tiny', () => {
    // P(shape, x) = x^shape / Gamma(shape + 1) for tiny x, so x = (p Gamma(shape + 1))^(1 / shape).
    const gammaOfShape = 0.9994237725; // Gamma(1.001), from a table
    const chi = createDistribution('chi', { df: 0.002 });
    expect(chi.quantile(0.6) / Math.sqrt(2 * (0.6 * gammaOfShape) ** 1000)).toBeCloseTo(1, 6);
    expect(createDistribution('gamma', { alpha: 0.001, beta: 1 }).quantile(0.3)).toBe(0);
  });
});

const VALUES: Readonly<Record<Parameter['domain'], readonly number[]>> = {
  real: [0, 1e-100, -1e100, 1e100, 3.5, -1e8],
  positive: [1e-100, 1e-10, 0.3, 1e4, 1e100],
  shape: [1e-5, 1e-3, 0.3, 1, 1e4, 1e10],
  mean: [1e-100, 0.3, 1e4, 1e9, 1e15],
  probability: [0, 1e-300, 1e-5, 0.3, 1 - 2 ** -53, 1],
  'positive probability': [1e-12, 1e-5, 0.3, 1 - 2 ** -53, 1],
  count: [0, 1, 2, 1000, 1e8],
  'positive count': [1, 2, 1000, 1e8],
};

function settings(parameters: readonly Parameter[]): Record<string, number>[] {
  return parameters.reduce<Record<string, number>[]>(
    (all, { name, domain }) =>
      all.flatMap((before) => VALUES[domain].map((value) => ({ ...before, [name]: value }))),
    [{}],
  );
}

describe.each(FAMILIES)('T7: $id at the ends of its domains', ({ id, parameters }) => {
  const all = settings(parameters);
  const some = all.filter((_, i) => i % Math.ceil(all.length / 60) === 0);

  it('gives no NaN, keeps to its support and answers with probabilities, or is refused', () => {
    for (const given of some) {
      const where = JSON.stringify(given);
      try {
        const distribution = createDistribution(id, given);
        const [low, high] = distribution.support;
        let before = -Infinity;
        for (const p of [1e-12, 0.001, 0.5, 0.999, 1 - 1e-12]) {
          const x = distribution.quantile(p);
          expect(x >= before && x >= low && x <= high, `${where}: quantile(${p}) = ${x}`).toBe(
            true,
          );
          before = x;
          const cdf = distribution.cdf(x);
          expect(cdf >= 0 && cdf <= 1, `${where}: cdf(${x}) = ${cdf}`).toBe(true);
        }
        const { numbers, probabilities } = outputSpace(distribution, { bins: 101 });
        expect(numbers![0]! >= low && numbers!.at(-1)! <= high, where).toBe(true);
        expect(Math.min(...probabilities), where).toBeGreaterThanOrEqual(0);
        expect(
          probabilities.reduce((a, b) => a + b, 0),
          where,
        ).toBeCloseTo(1, 9);
      } catch (thrown) {
        if (!(thrown instanceof InputError)) throw thrown;
        expect(thrown.field, where).toBeTruthy();
      }
    }
  });
});

it.each([
  ['poisson', { lambda: 1e300 }, '1000000000000000'],
  ['geometric', { p: 1e-300 }, '1e-12'],
  ['negative_binomial', { r: 3, p: 1e-300 }, '1e-12'],
  ['beta', { alpha: 1e100, beta: 1 }, '10000000000'],
  ['student_t', { nu: 1e-300 }, '0.00001'],
  ['skellam', { mu1: 1e14, mu2: 1 }, '4000000'],
] as const)('T7: %s %j is refused, naming the bound', (family, parameters, bound) => {
  try {
    createDistribution(family, parameters);
  } catch (thrown) {
    const { message, advice } = thrown as InputError;
    expect(thrown).toBeInstanceOf(InputError);
    expect(message + advice).toContain(bound);
    return;
  }
  throw new Error('it was accepted');
});
