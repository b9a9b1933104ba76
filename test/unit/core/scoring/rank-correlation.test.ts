// Rank correlation against scipy.stats.spearmanr, and what must hold of any lists.
import fc from '../../../support/fast-check.ts';
import { expect, test } from 'vitest';
import { rankCorrelation } from '../../../../src/core/scoring/rank-correlation.ts';

test('is Spearman’s, ties sharing their rank', () => {
  expect(rankCorrelation([1, 2, 3, 4, 5], [5, 6, 7, 8, 7])).toBeCloseTo(0.8207826816681233, 14);
  expect(rankCorrelation([0.1, 0.5, 0.2, 0.2], [3, 1, 2, 2])).toBeCloseTo(-1, 14);
  expect(rankCorrelation([1, 1, 2, 3], [1, 2, 2, 3])).toBeCloseTo(0.8333333333333334, 14);
});

test('a list without an order has none', () => {
  expect(rankCorrelation([0.5, 0.5], [0.1, 0.9])).toBeNull();
  expect(rankCorrelation([0.1, 0.9], [0.5, 0.5])).toBeNull();
  expect(rankCorrelation([1], [1])).toBeNull();
  expect(rankCorrelation([], [])).toBeNull();
});

test('any rising function of a list leaves it as it is, and a falling one turns it round', () => {
  const numbers = fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 2 });
  fc.assert(
    fc.property(numbers, (list) => {
      expect(
        rankCorrelation(
          list,
          list.map((x) => Math.exp(x / 1000)),
        ),
      ).toBe(1);
      expect(
        rankCorrelation(
          list,
          list.map((x) => -x),
        ),
      ).toBe(-1);
    }),
  );
});
