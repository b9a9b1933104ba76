// Ranges that are too long, too narrow or too far for the answers that were asked for.
import { describe, expect, test } from 'vitest';
import { createDistribution } from '../../../../src/core/distributions/create.ts';
import { countByBin } from '../../../../src/core/scoring/sampled-variation.ts';
import { outputSpace } from '../../../../src/core/targets/output-space.ts';
import type { OutputSpaceSettings } from '../../../../src/core/targets/space.ts';

type Asked = [string, Record<string, number>, Partial<OutputSpaceSettings>?];
const space = (...[family, parameters, settings]: Asked) =>
  outputSpace(createDistribution(family, parameters), settings);
const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0);

describe('T1: a long range of integers is the one between the quantiles', () => {
  // Masses by scipy 1.14.
  test.each([
    ['poisson', { lambda: 2000 }, 1863, 2140, '2000', 0.0089202],
    ['binomial', { n: 3000, p: 0.5 }, 1415, 1585, '1500', 0.0145661],
  ] as const)('%s %j', (family, parameters, first, last, value, mass) => {
    const { values, probabilities, cut } = space(family, parameters);
    expect([values[0], values.at(-1), values.length]).toEqual([
      `${first}`,
      `${last}`,
      last - first + 1,
    ]);
    expect(probabilities[values.indexOf(value)]).toBeCloseTo(mass, 7);
    expect(sum(probabilities)).toBeCloseTo(1, 12);
    expect(cut).toBe(0);
    // Each outermost answer has its tail: about 0.001 besides its own mass.
    expect(probabilities[0]).toBeGreaterThan(0.001 * 0.9);
    expect(probabilities.at(-1)).toBeGreaterThan(0.001 * 0.9);
  });

  test('it is thinned like decimals where it is too long still', () => {
    const distribution = createDistribution('negative_binomial', { r: 50, p: 0.01 });
    const answers = outputSpace(distribution);
    const { numbers, probabilities, values } = answers;
    expect([values[0], values.at(-1), values.length]).toEqual(['3055', '7410', 1001]);
    const edges = Array.from(numbers!, (k, i) => (k + numbers![i + 1]!) / 2);
    for (const i of [1, 500, 999]) {
      const cell = distribution.cdf(edges[i]!) - distribution.cdf(edges[i - 1]!);
      expect(probabilities[i]).toBeCloseTo(cell, 14);
    }
    expect(sum(probabilities)).toBeCloseTo(1, 12);
    // Samples are counted by the same cells, integers half way between two answers included.
    const half = edges.findIndex((edge) => Number.isInteger(edge));
    expect(countByBin(answers, [edges[half]!])[half]).toBe(1);
  });

  test('short ranges are whole, and Skellam starts at its low quantile as ever', () => {
    expect(space('poisson', { lambda: 500 }).values[0]).toBe('0');
    expect(space('binomial', { n: 1000, p: 0.9 }).values).toHaveLength(1001);
    const skellam = space('skellam', { mu1: 1e6, mu2: 1e6 }, { bins: 101 });
    expect(skellam.values).toHaveLength(101);
    expect(Number(skellam.values[0]) + Number(skellam.values.at(-1))).toBeCloseTo(0, -1);
  });

  test('the rules of the paper cut it, and say what lies beyond', () => {
    const { values, probabilities, cut } = space('poisson', { lambda: 2000 }, { rules: 'paper' });
    expect([values[0], values.at(-1)]).toEqual(['0', '1000']);
    expect(probabilities.at(-1)).toBeCloseTo(1, 12);
    expect(cut).toBeCloseTo(1, 12);
    expect(space('poisson', { lambda: 4 }, { rules: 'paper' }).cut).toBe(0);
  });
});

describe('T2: answers lie in the support', () => {
  test.each([
    ['uniform', { a: 0.001, b: 0.002 }, {}, 'decimals', 'give at least 3 decimals'],
    ['uniform', { a: -0.0041, b: -0.0011 }, {}, 'decimals', 'give at least 3 decimals'],
    ['truncnorm', { mu: 0, sigma: 1, lower: 1.0001, upper: 1.0002 }, {}, 'decimals', 'at least 4'],
    ['pareto', { alpha: 0.005, xm: 100 }, {}, 'params', 'less extreme'],
    ['lognormal', { mu: 0, sigma: 300 }, {}, 'params', 'less extreme'],
    ['lomax', { alpha: 0.001, lambda: 1 }, {}, 'params', 'less extreme'],
    ['pareto', { alpha: 2, xm: 100 }, { quantileHigh: 1 }, 'quantileHigh', 'below 1'],
  ] as const)('%s %j with %j is refused', (family, parameters, settings, field, advice) => {
    expect(() => space(family, parameters, settings)).toThrow(
      expect.objectContaining({
        name: 'InputError',
        field,
        advice: expect.stringContaining(advice),
      }),
    );
  });

  test('the advice is enough', () => {
    expect(space('uniform', { a: 0.001, b: 0.002 }, { decimals: 3 }).values).toEqual(['0.002']);
    expect(space('exponential', { lambda: 1e6 }).values).toEqual(['0.00']);
  });
});

test('T7: more bins than can be used are refused, naming the bound', () => {
  expect(() => space('gaussian', { mu: 0, sigma: 1 }, { bins: 1e6 })).toThrow(
    expect.objectContaining({ field: 'bins', advice: expect.stringContaining('131072') }),
  );
});
