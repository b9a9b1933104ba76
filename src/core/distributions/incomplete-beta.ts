// The regularised incomplete beta function and its inverse.
import kernelBetainc from '@stdlib/math-base-special-kernel-betainc';
import { logGammaStep } from './log-gamma-step.ts';
import { binomialMass } from './saddle-point.ts';
import { normalQuantile } from './special-functions.ts';

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

/** Density of Beta(a, b) at 0 < x < 1, given 1 - x for its precision. */
export function betaDensity(x: number, complement: number, a: number, b: number): number {
  const size = a + b;
  return (binomialMass(a, size, x, complement) * ((a * b) / size)) / x / complement;
}

/** A point of the unit interval; the logarithms reach where the numbers themselves underflow. */
export interface UnitPoint {
  readonly x: number;
  readonly complement: number;
  readonly logX: number;
  readonly logComplement: number;
}

/** The x with I_x(a, b) = p, and 1 - x, each to full relative precision; 0 < p < 1. */
export function betaLowerInverse(p: number, a: number, b: number): UnitPoint {
  if (p <= betaLower(0.5, a, b)) {
    const { t, logT } = lowerHalf(p, 1 - p, a, b);
    return { x: t, complement: 1 - t, logX: logT, logComplement: Math.log1p(-t) };
  }
  const { t, logT } = lowerHalf(1 - p, p, b, a);
  return { x: 1 - t, complement: t, logX: Math.log1p(-t), logComplement: logT };
}

/** The leading term of I_t(a, b) at t = 0 is all of it below this logarithm of b t. */
const LEADING_TERM_BELOW = -40;

/**
 * The t <= 1/2 with I_t(a, b) = lower = 1 - upper, by Newton's method on the logarithms of t and of
 * the smaller tail, in which the lower tail is nearly a line; guarded by a bracket.
 */
function lowerHalf(lower: number, upper: number, a: number, b: number) {
  // I_t(a, b) = t^a / (a B(a, b)) * (1 + O(t)); log(a B(a, b)) without cancellation.
  const logLower = lower <= 0.5 ? Math.log(lower) : Math.log1p(-upper);
  const leading = (logLower + logGammaStep(1, a) - logGammaStep(b, a)) / a;
  const least = LEADING_TERM_BELOW - Math.log(Math.max(1, b));
  if (leading < least) return { t: Math.exp(leading), logT: leading };

  const fromBelow = lower <= 0.5;
  const level = fromBelow ? lower : upper;
  const tail = fromBelow ? betaLower : betaUpper;
  let [low, high] = [least - 1, -Math.LN2];
  let t = guess(lower, leading, a, b);
  for (let round = 0; round < 100; round += 1) {
    const value = tail(t, a, b);
    const at = Math.log(t);
    if (value === level) break;
    if (value < level === fromBelow) low = at;
    else high = at;
    const slope = betaDensity(t, 1 - t, a, b) * t;
    const step = ((fromBelow ? 1 : -1) * Math.log(level / value) * value) / slope;
    const inside = at + step > low && at + step < high;
    const next = inside ? t * Math.exp(step) : Math.exp((low + high) / 2);
    if (Math.abs(next - t) <= 2e-16 * t) break;
    t = next;
  }
  return { t, logT: Math.log(t) };
}

/** The normal approximation where the density has a peak, else the leading term. */
function guess(lower: number, leading: number, a: number, b: number): number {
  const size = a + b;
  const mean = a / size;
  const normal = mean + normalQuantile(lower) * Math.sqrt((mean * (b / size)) / (size + 1));
  return a > 1 && b > 1 && normal > 0.1 * mean
    ? Math.min(normal, 0.5)
    : Math.min(Math.exp(leading), 0.5);
}
