// The regularised incomplete gamma functions and their inverse.
import gammainc from '@stdlib/math-base-special-gammainc';
import gammaincinv from '@stdlib/math-base-special-gammaincinv';
import { largeGammaLower, largeGammaUpper } from './large-gamma.ts';

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

/** x with P(shape, x) = p; a guess only where p is tiny or x is large. */
export function gammaLowerInverse(shape: number, p: number): number {
  return p < 0.5 ? gammaincinv(p, shape, false) : gammaincinv(1 - p, shape, true);
}
