// The special functions that the families stand on, under the names of the field.
import erfc from '@stdlib/math-base-special-erfc';
import erfcinv from '@stdlib/math-base-special-erfcinv';

export { default as erfc } from '@stdlib/math-base-special-erfc';
export { default as erfcx } from '@stdlib/math-base-special-erfcx';
export { default as logGamma } from '@stdlib/math-base-special-gammaln';

export const SQRT_TWO_PI = Math.sqrt(2 * Math.PI);

/** P(Z <= z) of the standard normal, exact to the last places in both tails. */
export function normalCdf(z: number): number {
  return 0.5 * erfc(-z * Math.SQRT1_2);
}

/** z with normalCdf(z) = p. */
export function normalQuantile(p: number): number {
  return -Math.SQRT2 * erfcinv(2 * p);
}
