import { expect, test } from 'vitest';
import { checkAgreement } from '../../../bench/series/agreement.ts';
import { sameDistribution } from '../../../bench/series/same-distribution.ts';
import { spreadOf } from '../../../bench/series/spread.ts';

test('a spread has the quartiles that numpy.percentile has', () => {
  expect(spreadOf([3, 1, 4, 1, 5, 9, 2, 6])).toEqual({
    median: 3.5,
    quartiles: [1.75, 5.25],
    least: 1,
    most: 9,
    count: 8,
  });
  expect(spreadOf([7])).toEqual({ median: 7, quartiles: [7, 7], least: 7, most: 7, count: 1 });
});

test('two samples are compared as scipy.stats.chi2_contingency does', () => {
  const compared = sameDistribution({ a: 120, b: 60, c: 15, d: 5 }, { b: 80, a: 90, d: 10, c: 20 });
  expect(compared.chi_square).toBeCloseTo(9.523809523809524, 12);
  expect(compared.degrees_of_freedom).toBe(3);
  expect(compared.p_value).toBeCloseTo(0.02307941142802383, 10);
});

test('answers too rare for the test are one cell', () => {
  // 100 against 50 answers: an answer needs 15 in all to be expected 5 times in the smaller sample.
  const { degrees_of_freedom, chi_square } = sameDistribution(
    { a: 90, b: 6, c: 4 },
    { a: 45, d: 3, e: 2 },
  );
  expect(degrees_of_freedom).toBe(1);
  expect(chi_square).toBeCloseTo(0, 12);
});

const series = (...figures: number[]) => ({
  openSeconds: 0,
  warmUp: figures.slice(0, 2).map((figure) => ({ figure, seconds: 1, dispatches: null })),
  timed: figures.slice(2).map((figure) => ({ figure, seconds: 1, dispatches: null })),
});

test('different maths is refused, whichever of the first runs shows it', () => {
  expect(() =>
    checkAgreement({ lab: series(5, 4, 3), jax: series(5.004, 4, 2.998) }),
  ).not.toThrow();
  expect(() => checkAgreement({ lab: series(5, 4, 3), jax: series(5, 4, 3.004) })).toThrow(
    /^jax does not compute what lab does \(5, 4, 3.004 against 5, 4, 3\)/,
  );
  expect(() => checkAgreement({ lab: series(5, 4, 3), jax: series(5, 4, NaN) })).toThrow(/^jax/);
});

test('a peer that failed is not compared', () => {
  expect(() =>
    checkAgreement({ lab: series(5, 4, 3), tfjs: { failed: 'no memory' } }),
  ).not.toThrow();
});
