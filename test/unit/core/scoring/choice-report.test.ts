// Reports on a user's own choices against figures worked out by hand.
import { expect, test } from 'vitest';
import { choiceReport } from '../../../../src/core/scoring/choice-report.ts';
import { choiceSpace } from '../../../../src/core/targets/choices.ts';

const space = choiceSpace([
  { value: 'heads', weight: 3 },
  { value: 'tails', weight: 1 },
  { value: 'edge', weight: 0 },
]);

test('shares, total variation and chi-square', () => {
  const outputs = ['heads', ' heads\n', '<think>hm</think>heads', 'tails', 'Tails', 'head'];
  const report = choiceReport(space, outputs);
  expect(report).toMatchObject({ n: 6, validRate: 4 / 6, supportViolationRate: 0, anderson: null });
  // Three of four are heads, as they should be.
  expect(report.totalVariation).toBe(0);
  expect(report.goodnessOfFit).toEqual({ test: 'chi_square', statistic: 0, pValue: 1 });
  expect(report.sampleMean).toBeNaN();

  const skewed = choiceReport(space, ['heads', 'tails', 'tails', 'tails']);
  expect(skewed.totalVariation).toBeCloseTo(0.5, 12);
  // (1 - 3)^2 / 3 + (3 - 1)^2 / 1
  expect(skewed.goodnessOfFit.statistic).toBeCloseTo(16 / 3, 12);
  // The tail of chi-square with one degree of freedom at 16/3, from a table: 0.02092.
  expect(skewed.goodnessOfFit.pValue).toBeCloseTo(0.020921, 5);
});

test('what cannot occur and does is impossible', () => {
  const { goodnessOfFit, totalVariation } = choiceReport(space, [
    'edge',
    'heads',
    'heads',
    'tails',
  ]);
  expect(goodnessOfFit).toMatchObject({ statistic: Infinity, pValue: 0 });
  expect(totalVariation).toBeCloseTo(0.25, 12);
});

test('distances of nothing are undefined', () => {
  const report = choiceReport(space, ['neither']);
  expect(report).toMatchObject({ validRate: 0, totalVariation: null, excessTotalVariation: null });
  expect(report.goodnessOfFit.pValue).toBeNaN();
});
