// What holds of every distribution whatever its parameters: quantiles undo cdfs, masses add up.
import fc from '../../../support/fast-check.ts';
import { describe, expect, it } from 'vitest';
import { createDistribution } from '../../../../src/core/distributions/create.ts';
import type { Distribution } from '../../../../src/core/distributions/distribution.ts';
import { FAMILIES, type Family } from '../../../../src/core/distributions/families.ts';

const shape = fc.double({ min: 0.3, max: 40, noNaN: true });
const scale = fc.double({ min: 0.05, max: 50, noNaN: true });
const place = fc.double({ min: -50, max: 50, noNaN: true });
const probability = fc.double({ min: 0.02, max: 0.98, noNaN: true });
const integer = (max: number) => fc.integer({ min: 1, max });

/** Random parameters of each family over ranges that its domain admits. */
const PARAMETERS: Record<string, fc.Arbitrary<Record<string, number>>> = {
  uniform: fc.record({ a: place, width: scale }).map(({ a, width }) => ({ a, b: a + width })),
  gaussian: fc.record({ mu: place, sigma: scale }),
  bernoulli: fc.record({ p: probability }),
  beta: fc.record({ alpha: shape, beta: shape }),
  binomial: fc.record({ n: integer(500), p: probability }),
  poisson: fc.record({ lambda: scale }),
  exponential: fc.record({ lambda: scale }),
  geometric: fc.record({ p: probability }),
  negative_binomial: fc.record({ r: integer(60), p: probability }),
  lognormal: fc.record({
    mu: fc.double({ min: -3, max: 3, noNaN: true }),
    sigma: shape.map((s) => s / 10),
  }),
  triangular: fc
    .record({ a: place, width: scale, mode: fc.double({ min: 0, max: 1, noNaN: true }) })
    .map(({ a, width, mode }) => ({ a, c: Math.min(a + width, a + mode * width), b: a + width })),
  rayleigh: fc.record({ sigma: scale }),
  cauchy: fc.record({ x0: place, gamma: scale }),
  student_t: fc.record({ nu: shape }),
  chi_square: fc.record({ nu: shape }),
  f_distribution: fc.record({ d1: shape, d2: shape }),
  gamma: fc.record({ alpha: shape, beta: scale }),
  weibull: fc.record({ k: shape, lambda: scale }),
  laplace: fc.record({ mu: place, b: scale }),
  logistic: fc.record({ mu: place, s: scale }),
  pareto: fc.record({ alpha: shape, xm: scale }),
  hypergeometric: fc
    .record({ M: integer(400), successes: probability, draws: probability })
    .map(({ M, successes, draws }) => ({
      M,
      K: Math.round(M * successes),
      N: Math.round(M * draws),
    })),
  gumbel: fc.record({ mu: place, beta: scale }),
  skellam: fc.record({ mu1: scale, mu2: scale }),
  beta_binomial: fc.record({ n: integer(200), alpha: shape, beta: shape }),
  lomax: fc.record({ alpha: shape, lambda: scale }),
  inverse_gaussian: fc.record({ mu: scale, lambda: scale }),
  maxwell: fc.record({ scale }),
  chi: fc.record({ df: shape }),
  truncnorm: fc
    .record({
      mu: place,
      sigma: scale,
      from: fc.double({ min: -12, max: 8, noNaN: true }),
      width: scale,
    })
    .map(({ mu, sigma, from, width }) => ({
      mu,
      sigma,
      lower: mu + from * sigma,
      upper: mu + (from + width / 10) * sigma,
    })),
};

const families = FAMILIES.map((family): [string, Family] => [family.id, family]);
const anyOf = (family: Family) =>
  PARAMETERS[family.id]!.map((parameters) => createDistribution(family.id, parameters));
const level = fc.double({ min: 1e-12, max: 1 - 1e-6, noNaN: true });

/** An x in the body of the distribution. */
function spread(distribution: Distribution): number {
  return distribution.quantile(0.75) - distribution.quantile(0.25);
}

describe.each(families)('%s', (_, family) => {
  const distributions = anyOf(family);

  it('has quantiles that undo the cdf', () => {
    fc.assert(
      fc.property(distributions, level, (distribution, p) => {
        const x = distribution.quantile(p);
        const again = distribution.quantile(distribution.cdf(x));
        if (distribution.kind === 'discrete') {
          expect(again).toBe(x);
          expect(distribution.cdf(x)).toBeGreaterThanOrEqual(p * (1 - 2e-14));
          expect(distribution.cdf(x - 1)).toBeLessThan(p);
        } else {
          // Near the top 1 - cdf has few digits left: 1e-16 / 1e-6.
          const size = Math.max(Math.abs(x), spread(distribution));
          expect(Math.abs(again - x)).toBeLessThanOrEqual(1e-8 * size);
          const blur = 1e-15 * size * distribution.density(x); // of x itself
          expect(Math.abs(distribution.cdf(x) - p)).toBeLessThanOrEqual(1e-9 * p + blur);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('has a cdf that rises from 0 to 1 as its density says', () => {
    fc.assert(
      fc.property(distributions, level, (distribution, p) => {
        const x = distribution.quantile(p);
        const [low, high] = distribution.support;
        expect(distribution.cdf(low - 1)).toBe(0);
        expect(distribution.cdf(high)).toBe(1);
        expect(distribution.density(low - 1)).toBe(0);
        if (distribution.kind === 'discrete') {
          const step = distribution.cdf(x) - distribution.cdf(x - 1);
          expect(Math.abs(step - distribution.density(x))).toBeLessThanOrEqual(1e-12);
          expect(distribution.density(x + 0.5)).toBe(0);
          expect(distribution.cdf(x + 0.5)).toBe(distribution.cdf(x));
          return;
        }
        // Simpson's rule over a short stretch around x.
        const h = 1e-4 * Math.min(spread(distribution), Math.abs(x - low) || 1, high - x || 1);
        const [a, b] = [x - h, x + h];
        if (!(a > low && b < high && b - a > 1e-9 * Math.abs(x))) return;
        const rise = distribution.cdf(b) - distribution.cdf(a);
        const area =
          ((b - a) / 6) *
          (distribution.density(a) + 4 * distribution.density(x) + distribution.density(b));
        expect(Math.abs(rise - area)).toBeLessThanOrEqual(1e-5 * area + 1e-14);
      }),
      { numRuns: 100 },
    );
  });

  it('answers NaN to nonsense and the ends of the support to 0 and 1', () => {
    const defaults = family.parameters.map((parameter) => [parameter.name, parameter.default]);
    const distribution = createDistribution(family.id, Object.fromEntries(defaults));
    expect(distribution.family).toBe(family.id);
    expect(Object.keys(distribution.parameters)).toEqual(defaults.map(([name]) => name));
    expect([distribution.quantile(0), distribution.quantile(1)]).toEqual(distribution.support);
    for (const p of [-0.1, 1.1, NaN]) expect(distribution.quantile(p)).toBeNaN();
    expect(distribution.cdf(NaN)).toBeNaN();
    expect(distribution.density(NaN)).toBeNaN();
    expect([distribution.cdf(-Infinity), distribution.cdf(Infinity)]).toEqual([0, 1]);
    expect([distribution.density(-Infinity), distribution.density(Infinity)]).toEqual([0, 0]);
  });
});
