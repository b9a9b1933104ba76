// Completes the formulas of an integer-valued family to total functions.
import type { Distribution } from './distribution.ts';

export interface DiscreteFormulas {
  readonly support: readonly [low: number, high: number];
  /** At integers of the support. */
  readonly mass: (k: number) => number;
  /** P(X <= k) at integers of the support but its upper end. */
  readonly cdf: (k: number) => number;
  /**
   * Relative error of `cdf` that a quantile forgives, so that one half of a symmetric mass counts
   * as one half; 0 where `cdf` is exact.
   */
  readonly rounding?: number;
  readonly mean: number;
  readonly variance: number;
}

/** Adds what holds off the integers and off the support, and an exact quantile. */
export function discrete(
  family: string,
  parameters: Readonly<Record<string, number>>,
  formulas: DiscreteFormulas,
): Distribution {
  const { support, mass, mean, variance, rounding = 1e-14 } = formulas;
  const [low, high] = support;
  const cdf = (x: number): number => {
    if (Number.isNaN(x)) return NaN;
    const k = Math.floor(x);
    if (k < low) return 0;
    return k >= high ? 1 : formulas.cdf(k);
  };
  return {
    family,
    parameters,
    kind: 'discrete',
    support,
    mean,
    variance,
    density(x) {
      if (Number.isNaN(x)) return NaN;
      return Number.isInteger(x) && x >= low && x <= high ? mass(x) : 0;
    },
    cdf,
    quantile(p) {
      if (p === 0) return low;
      if (p === 1) return high;
      if (!(p > 0 && p < 1)) return NaN;
      return smallestReaching(cdf, p * (1 - rounding), support, mean, Math.sqrt(variance));
    },
  };
}

/** Smallest integer k of the support with cdf(k) >= p: doubling steps from the mean, then bisection. */
function smallestReaching(
  cdf: (k: number) => number,
  p: number,
  [low, high]: readonly [number, number],
  mean: number,
  deviation: number,
): number {
  const step = Math.ceil(deviation) + 1;
  let above = Math.min(high, Math.ceil(mean));
  for (let width = step; cdf(above) < p; width *= 2) above = Math.min(high, above + width);
  let below = above;
  for (let width = step; below >= low && cdf(below) >= p; width *= 2) below -= width;
  below = Math.max(below, low - 1);
  while (above - below > 1) {
    const middle = Math.floor((above + below) / 2);
    if (middle <= below || middle >= above) break; // beyond 2^53 doubles skip whole numbers
    if (cdf(middle) >= p) above = middle;
    else below = middle;
  }
  return above;
}
