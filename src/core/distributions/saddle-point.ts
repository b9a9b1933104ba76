// Binomial and Poisson masses at real arguments without cancellation, after C. Loader,
// "Fast and Accurate Computation of Binomial Probabilities" (2000).
import { logGamma } from './special-functions.ts';

const LOG_SQRT_TWO_PI = 0.5 * Math.log(2 * Math.PI);

/** log n! minus Stirling's formula for it, for real n > 0. */
export function stirlingError(n: number): number {
  if (n <= 15) return logGamma(n + 1) - (n + 0.5) * Math.log(n) + n - LOG_SQRT_TWO_PI;
  const s = n * n;
  return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / s) / s) / s) / s) / n;
}

/** x log(x / m) + m - x, the half deviance of x from m. */
export function deviance(x: number, m: number): number {
  const difference = x - m;
  if (Math.abs(difference) >= 0.1 * (x + m)) return x * Math.log(x / m) - difference;
  // Series in v = (x - m) / (x + m), where the direct form would cancel.
  const v = difference / (x + m);
  let sum = difference * v;
  let term = 2 * x * v;
  // v^2 is below 0.01, so that ten terms are more than enough.
  for (let odd = 3; odd <= 21; odd += 2) {
    term *= v * v;
    sum += term / odd;
  }
  return sum;
}

/** e^-m m^x / x! for real x >= 0, m > 0. */
export function poissonMass(x: number, m: number): number {
  if (x === 0) return Math.exp(-m);
  return Math.exp(-stirlingError(x) - deviance(x, m)) / Math.sqrt(2 * Math.PI * x);
}

/** C(n, x) p^x q^(n - x) for real 0 <= x <= n, where q = 1 - p is given for its precision. */
export function binomialMass(x: number, n: number, p: number, q: number): number {
  if (p === 0) return x === 0 ? 1 : 0;
  if (q === 0) return x === n ? 1 : 0;
  if (x === 0) return Math.exp(n * (p < 0.5 ? Math.log1p(-p) : Math.log(q)));
  if (x === n) return Math.exp(n * (q < 0.5 ? Math.log1p(-q) : Math.log(p)));
  const rest = n - x;
  const exponent =
    stirlingError(n) -
    stirlingError(x) -
    stirlingError(rest) -
    deviance(x, n * p) -
    deviance(rest, n * q);
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * x * rest));
}
