import { expect, test } from 'vitest';
import { MOST_POINTS, thinned } from '../../../src/charts/loss-chart.ts';

const curve = (steps: number) =>
  Array.from({ length: steps }, (_, i) => ({ step: i + 1, loss: i + 1 }));

test('P4: a curve of 20,000 steps is drawn with a bounded number of points, ends and mean kept', () => {
  for (const steps of [1001, 4000, 20_000]) {
    const points = thinned(curve(steps));
    expect(points.length).toBeLessThanOrEqual(MOST_POINTS);
    expect(points[0]).toEqual({ step: 1, loss: 1 });
    expect(points.at(-1)!.step).toBe(steps);
    expect(points.every(({ step }, i) => i === 0 || step > points[i - 1]!.step)).toBe(true);
    expect(points.every(({ step, loss }) => Math.abs(step - loss) <= steps / MOST_POINTS)).toBe(
      true,
    );
  }
  expect(thinned(curve(MOST_POINTS))).toEqual(curve(MOST_POINTS));
  expect(thinned([])).toEqual([]);
});
