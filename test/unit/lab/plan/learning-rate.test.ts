// Suggested rates: those that were found at their sizes, between them a line, beyond them no more.
import { expect, test } from 'vitest';
import { suggestedRate } from '../../../../src/lab/plan/learning-rate.ts';

test.each([
  [1.08e6, 0.005],
  [5e5, 0.005],
  [6e8, 0.0002],
  [27e9, 0.0002],
  // sqrt(0.005 * 0.0002) at sqrt(1.08e6 * 6e8) parameters
  [25.456e6, 0.001],
  // 0.005 * 0.04 ** (ln(124.55) / ln(555.56))
  [134.515e6, 0.00043],
])('%d parameters: %d', (parameters, rate) => {
  expect(suggestedRate(parameters).rate).toBeCloseTo(rate, 10);
  expect(suggestedRate(parameters).reason).toMatch(/\.$/);
});
