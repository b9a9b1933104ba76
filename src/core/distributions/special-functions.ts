// The special functions that the families stand on, under the names of the field.
import erfc from '@stdlib/math-base-special-erfc';
import erfcinv from '@stdlib/math-base-special-erfcinv';
import gammainc from '@stdlib/math-base-special-gammainc';
import gammaincinv from '@stdlib/math-base-special-gammaincinv';
import kernelBetainc from '@stdlib/math-base-special-kernel-betainc';
import kernelBetaincinv from '@stdlib/math-base-special-kernel-betaincinv';

export { default as erfcx } from '@stdlib/math-base-special-erfcx';
export { default as logGamma } from '@stdlib/math-base-special-gammaln';

/** P(Z <= z) of the standard normal, exact to the last places in both tails. */
export function normalCdf(z: number): number {
  return 0.5 * erfc(-z * Math.SQRT1_2);
}

/** z with normalCdf(z) = p. */
export function normalQuantile(p: number): number {
  return -Math.SQRT2 * erfcinv(2 * p);
}

/** Regularised lower incomplete gamma function P(shape, x). */
export function gammaLower(shape: number, x: number): number {
  return gammainc(x, shape, true, false);
}

/** Regularised upper incomplete gamma function Q(shape, x). */
export function gammaUpper(shape: number, x: number): number {
  return gammainc(x, shape, true, true);
}

/** x with gammaLower(shape, x) = p; good to about 1 % only where p is below 1e-20. */
export function gammaLowerInverse(shape: number, p: number): number {
  return p < 0.5 ? gammaincinv(p, shape, false) : gammaincinv(1 - p, shape, true);
}

const pair = [0, 0];

/** Regularised lower incomplete beta function I_x(a, b). */
export function betaLower(x: number, a: number, b: number): number {
  kernelBetainc.assign(x, a, b, true, false, pair, 1, 0);
  return pair[0]!;
}

/** 1 - I_x(a, b) without cancellation. */
export function betaUpper(x: number, a: number, b: number): number {
  kernelBetainc.assign(x, a, b, true, true, pair, 1, 0);
  return pair[0]!;
}

/** x with I_x(a, b) = p, and 1 - x, each to full relative precision. */
export function betaLowerInverse(p: number, a: number, b: number): readonly [number, number] {
  const [x, complement] = kernelBetaincinv(a, b, p, 1 - p);
  return [x!, complement!];
}
