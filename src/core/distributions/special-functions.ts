// The special functions that the families stand on, under the names of the field.
import erfc from '@stdlib/math-base-special-erfc';
import erfcinv from '@stdlib/math-base-special-erfcinv';

export { default as erfc } from '@stdlib/math-base-special-erfc';
export { default as logGamma } from '@stdlib/math-base-special-gammaln';

export const SQRT_TWO_PI = Math.sqrt(2 * Math.PI);

/** From here on the asymptotic series of erfcx gives all the places that there are. */
const FAR = 10;
const TERMS = 12;

/**
 * e^(x^2) erfc(x), which does not underflow. The library's takes a table of a hundred polynomials, which every page
 * would have to load; this is as exact to 13 places (Abramowitz and Stegun 7.1.23).
 */
export function erfcx(x: number): number {
  if (x < FAR) return Math.exp(x * x) * erfc(x);
  let [term, sum] = [1, 1];
  for (let k = 1; k <= TERMS; k++) {
    term *= -(2 * k - 1) / (2 * x * x);
    sum += term;
  }
  return sum / (x * Math.sqrt(Math.PI));
}

/** P(Z <= z) of the standard normal, exact to the last places in both tails. */
export function normalCdf(z: number): number {
  return 0.5 * erfc(-z * Math.SQRT1_2);
}

/** z with normalCdf(z) = p. */
export function normalQuantile(p: number): number {
  return -Math.SQRT2 * erfcinv(2 * p);
}
