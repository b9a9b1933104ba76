// Families and parameters that do not exist are refused with the field and the rule.
import { describe, expect, it } from 'vitest';
import { createDistribution } from '../../../../src/core/distributions/create.ts';
import { FAMILIES } from '../../../../src/core/distributions/families.ts';
import { InputError } from '../../../../src/core/errors.ts';
import { readGolden } from '../../../golden/golden.ts';

function refusal(family: string, parameters: Record<string, number>): InputError {
  try {
    createDistribution(family, parameters);
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  return expect.fail(`${family} ${JSON.stringify(parameters)} was accepted`);
}

describe('families', () => {
  it('have the names, tiers and parameters of the reference', () => {
    const { families } = readGolden<{ families: Record<string, Record<string, unknown>> }>(
      'splits',
    );
    expect(FAMILIES.map((family) => family.id)).toEqual(Object.keys(families));
    for (const family of FAMILIES) {
      expect(families[family.id]).toMatchObject({
        display_name: family.displayName,
        tier: family.tier,
        kind: family.kind,
        grid_parameter_names: family.gridParameterNames,
        parameter_names: family.parameters.map((parameter) => parameter.name),
      });
    }
  });

  it('are 24 to train on and 6 held out', () => {
    expect(FAMILIES.filter((family) => family.role === 'train')).toHaveLength(24);
    expect(FAMILIES.filter((family) => family.role === 'held_out').map(({ id }) => id)).toEqual([
      'bernoulli',
      'poisson',
      'weibull',
      'maxwell',
      'chi',
      'truncnorm',
    ]);
  });
});

describe('bad input', () => {
  it('lists the known families for an unknown one', () => {
    for (const name of ['zeta', '', 'toString', '__proto__']) {
      const error = refusal(name, {});
      expect(error.field).toBe('family');
      expect(error.message).toContain(JSON.stringify(name));
      expect(error.advice).toContain('beta_binomial');
    }
  });

  it.each<[string, Record<string, number>, string]>([
    ['gaussian', { mu: 0 }, 'sigma'],
    ['gaussian', { mu: 0, sigma: 0 }, 'sigma'],
    ['gaussian', { mu: NaN, sigma: 1 }, 'mu'],
    ['gaussian', { mu: 0, sigma: Infinity }, 'sigma'],
    ['gaussian', { mu: 0, sigma: 1, tau: 2 }, 'tau'],
    ['gaussian', { mu: '0' as unknown as number, sigma: 1 }, 'mu'],
    ['bernoulli', { p: 1.5 }, 'p'],
    ['bernoulli', { p: -0.1 }, 'p'],
    ['geometric', { p: 0 }, 'p'],
    ['binomial', { n: 2.5, p: 0.5 }, 'n'],
    ['binomial', { n: -1, p: 0.5 }, 'n'],
    ['negative_binomial', { r: 0, p: 0.5 }, 'r'],
    ['uniform', { a: 1, b: 1 }, 'a'],
    ['triangular', { a: 0, c: 2, b: 1 }, 'c'],
    ['triangular', { a: 0, c: -1, b: 1 }, 'a'],
    ['truncnorm', { mu: 0, sigma: 1, lower: 2, upper: -2 }, 'lower'],
    ['hypergeometric', { M: 10, K: 11, N: 5 }, 'K'],
    ['hypergeometric', { M: 10, K: 5, N: 11 }, 'N'],
    ['beta_binomial', { n: 1e7, alpha: 1, beta: 1 }, 'n'],
    ['binomial', { n: 1e9, p: 0.5 }, 'n'],
    ['uniform', { a: -1e308, b: 1e308 }, 'a'],
    ['skellam', { mu1: 1e12, mu2: 1 }, 'mu1'],
  ])('%s %j: %s', (family, parameters, name) => {
    const error = refusal(family, parameters);
    expect(error.field).toBe(`params.${name}`);
    expect(error.message).toContain(name);
    expect(error.advice).not.toBe('');
  });

  it('accepts the defaults, and the edges of every domain', () => {
    for (const { id, parameters } of FAMILIES) {
      const defaults = parameters.map((parameter) => [parameter.name, parameter.default]);
      expect(createDistribution(id, Object.fromEntries(defaults)).family).toBe(id);
    }
    expect(createDistribution('bernoulli', { p: 1 }).quantile(0.5)).toBe(1);
    expect(createDistribution('binomial', { n: 0, p: 0.5 }).quantile(0.5)).toBe(0);
    expect(createDistribution('binomial', { n: 3, p: 0 }).density(0)).toBe(1);
    expect(createDistribution('geometric', { p: 1 }).cdf(1)).toBe(1);
    expect(createDistribution('negative_binomial', { r: 2, p: 1 }).density(0)).toBe(1);
    expect(createDistribution('hypergeometric', { M: 10, K: 0, N: 5 }).quantile(0.9)).toBe(0);
    expect(createDistribution('triangular', { a: 0, c: 0, b: 1 }).cdf(0.5)).toBe(0.75);
    expect(createDistribution('triangular', { a: 0, c: 1, b: 1 }).cdf(0.5)).toBe(0.25);
  });
});
