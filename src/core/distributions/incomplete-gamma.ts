// The regularised incomplete gamma functions and their inverse.
import gammainc from '@stdlib/math-base-special-gammainc';
import gammaincinv from '@stdlib/math-base-special-gammaincinv';
import { largeGammaLower, largeGammaUpper } from './large-gamma.ts';
import { logGammaStep } from './log-gamma-step.ts';
import { normalQuantile } from './special-functions.ts';

/** The library's expansion for x > 1000 loses all but two digits where the shape is near x. */
const isLarge = (shape: number, x: number) => x > 1000 && shape > 100;

/** P(shape, x), the lower function. */
export function gammaLower(shape: number, x: number): number {
  return isLarge(shape, x) ? largeGammaLower(shape, x) : gammainc(x, shape, true, false);
}

/** Q(shape, x) = 1 - P(shape, x), the upper function. */
export function gammaUpper(shape: number, x: number): number {
  return isLarge(shape, x) ? largeGammaUpper(shape, x) : gammainc(x, shape, true, true);
}

/** About the x with P(shape, x) = p: a guess to start from. */
export function gammaLowerGuess(shape: number, p: number): number {
  if (shape > 100) {
    // Wilson and Hilferty: the cube root of a gamma variable is nearly normal.
    const spread = 1 / (9 * shape);
    const guess = shape * (1 - spread + normalQuantile(p) * Math.sqrt(spread)) ** 3;
    if (guess > 0) return guess;
  }
  // x^shape / Gamma(shape + 1), the leading term, where x is small.
  const small = Math.exp((Math.log(p) + logGammaStep(1, shape)) / shape);
  if (small < 1e-3 * (shape + 1)) return small;
  return p < 0.5 ? gammaincinv(p, shape, false) : gammaincinv(1 - p, shape, true);
}
