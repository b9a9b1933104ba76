// The special functions that the families stand on, under the names of the field.
import erfc from '@stdlib/math-base-special-erfc';
import erfcinv from '@stdlib/math-base-special-erfcinv';
import kernelBetainc from '@stdlib/math-base-special-kernel-betainc';
import kernelBetaincinv from '@stdlib/math-base-special-kernel-betaincinv';

export { default as erfc } from '@stdlib/math-base-special-erfc';
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
  // Asked for the smaller tail: of a p near 1 the inverse loses a tiny complement.
  if (p > 0.5) {
    const [complement, x] = kernelBetaincinv(b, a, 1 - p, p);
    return [x!, complement!];
  }
  const [x, complement] = kernelBetaincinv(a, b, p, 1 - p);
  return [x!, complement!];
}
