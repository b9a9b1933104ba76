// The scaled complementary error function against mpmath at 40 digits.
import { expect, test } from 'vitest';
import { erfcx } from '../../../../src/core/distributions/special-functions.ts';

/** x and `exp(x * x) * erfc(x)`. */
const MPMATH = [
  [-5, 144009798674.66104],
  [-0.5, 1.9523604891825571],
  [0, 1.0],
  [0.3, 0.73459933456765514],
  [2, 0.25539567631050574],
  [9.999, 0.056146552603965943],
  [10, 0.056140992743822586],
  [10.5, 0.053491899746564117],
  [26, 0.021683584850562907],
  [30, 0.018795888861416751],
  [100, 0.0056416137829894329],
  [12345, 4.5701869720269645e-5],
] as const;

test.each(MPMATH)('erfcx(%d)', (x, value) => {
  expect(Math.abs(erfcx(x) / value - 1)).toBeLessThan(2e-14);
});

test('erfcx beyond all bounds', () => {
  expect(erfcx(-30)).toBe(Infinity);
  expect(erfcx(1e200)).toBeCloseTo(0, 15);
  expect(erfcx(NaN)).toBeNaN();
});
