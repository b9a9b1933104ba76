import fc from '../../support/fast-check.ts';
import { expect, test } from 'vitest';
import { binAnswers, MOST_BARS, type Shown } from '../../../src/charts/bins.ts';
import { previewTarget } from '../../../src/lab/plan/target-preview.ts';

const shownOf = (
  values: readonly string[],
  target: readonly number[],
  kind: Shown['kind'],
): Shown => ({
  kind,
  values,
  target,
  arms: [{ name: 'base', color: '', dash: '', probabilities: target, invalidMass: 0, step: 0 }],
});
const total = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);

test('few answers have a bin each, with the answer in its middle', () => {
  const bins = binAnswers(shownOf(['1', '2', '3'], [0.5, 0.25, 0.25], 'discrete'));
  expect(bins).toEqual([
    { label: '1', x1: 0.5, x2: 1.5, target: 0.5, arms: [0.5] },
    { label: '2', x1: 1.5, x2: 2.5, target: 0.25, arms: [0.25] },
    { label: '3', x1: 2.5, x2: 3.5, target: 0.25, arms: [0.25] },
  ]);
});

test('choices keep their order and names', () => {
  const bins = binAnswers(shownOf(['heads', 'tails'], [0.5, 0.5], 'choices'));
  expect(bins.map(({ label }) => label)).toEqual(['heads', 'tails']);
});

test('one answer makes one bin', () => {
  expect(binAnswers(shownOf(['7'], [1], 'discrete'))).toMatchObject([{ label: '7', target: 1 }]);
});

test('equal answers make equal bins: a uniform target stays flat', () => {
  const preview = previewTarget({
    distribution: { family: 'uniform', params: { a: 0, b: 10 } },
  });
  const bins = binAnswers(shownOf(preview.values, preview.probabilities, 'continuous'));
  const inner = bins.slice(1, -1).map(({ target }) => target);
  expect(Math.max(...inner) / Math.min(...inner)).toBeLessThan(1.2);
});

test('long tails end up in the outermost bins', () => {
  const preview = previewTarget({
    distribution: { family: 'cauchy', params: { x0: 0, gamma: 1 } },
  });
  const bins = binAnswers(shownOf(preview.values, preview.probabilities, 'continuous'));
  const range = (bins.at(-1)?.x2 ?? 0) - (bins[0]?.x1 ?? 0);
  expect(range).toBeLessThan(150);
  expect(bins[0]?.label).toMatch(/^−3\d\d.* to −6/);
  expect(total(bins.map(({ target }) => target))).toBeCloseTo(1, 12);
});

test('whatever the answers, nothing is lost and the chart stays readable', () => {
  const answers = fc
    .uniqueArray(fc.integer({ min: -100_000, max: 100_000 }), { minLength: 1, maxLength: 500 })
    .chain((numbers) =>
      fc.tuple(
        fc.constant(numbers.sort((a, b) => a - b).map((n) => (n / 100).toFixed(2))),
        fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), {
          minLength: numbers.length,
          maxLength: numbers.length,
        }),
      ),
    );
  fc.assert(
    fc.property(answers, ([values, weights]) => {
      const target = weights.map((w) => w / total(weights));
      const bins = binAnswers(shownOf(values, target, 'continuous'));
      expect(bins.length).toBeLessThanOrEqual(MOST_BARS);
      expect(total(bins.map((bin) => bin.target))).toBeCloseTo(1, 9);
      expect(total(bins.map((bin) => bin.arms[0] ?? 0))).toBeCloseTo(1, 9);
      bins.forEach((bin, i) => expect(bin.x1).toBeCloseTo(bins[i - 1]?.x2 ?? bin.x1, 6));
    }),
  );
});
