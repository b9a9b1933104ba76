// The scaled complementary error function against mpmath at 40 digits.
import { expect, test } from 'vitest';
import { erfcx } from '../../../../src/core/distributions/special-functions.ts';

/** x and `exp(x * x) * erfc(x)`. */
const MPMATH = [
  [-5, 144009798674.66104],
  [-0.5, 1.952360489182557],
  [0, 1.0],
  [0.3, 0.7345993345676551],
  [2, 0.25539567631050575],
  [9.999, 0.05614655260396594],
  [10, 0.05614099274382259],
  [10.5, 0.05349189974656412],
  [26, 0.021683584850562907],
  [30, 0.01879588886141675],
  [100, 0.005641613782989433],
  [12345, 4.57018697202696e-5],
] as const;

test.each(MPMATH)('erfcx(%d)', (x, value) => {
  expect(Math.abs(erfcx(x) / value - 1)).toBeLessThan(2e-14);
});

test('erfcx beyond all bounds', () => {
  expect(erfcx(-30)).toBe(Infinity);
  expect(erfcx(1e200)).toBeCloseTo(0, 15);
  expect(erfcx(NaN)).toBeNaN();
});
