// Completes the formulas of a continuous family to total functions.
import type { Distribution } from './distribution.ts';

export interface ContinuousFormulas {
  readonly support: readonly [low: number, high: number];
  /** On the support, its finite ends included. */
  readonly density: (x: number) => number;
  /** Strictly inside the support. */
  readonly cdf: (x: number) => number;
  /** For 0 < p < 1. */
  readonly quantile: (p: number) => number;
  readonly mean: number;
  readonly variance: number;
}

/** Adds what holds off the support; NaN stays NaN and a quantile outside [0, 1] is NaN. */
export function continuous(
  family: string,
  parameters: Readonly<Record<string, number>>,
  formulas: ContinuousFormulas,
): Distribution {
  const { support, density, cdf, quantile, mean, variance } = formulas;
  const [low, high] = support;
  return {
    family,
    parameters,
    kind: 'continuous',
    support,
    mean,
    variance,
    density(x) {
      if (Number.isNaN(x)) return NaN;
      return x < low || x > high || Math.abs(x) === Infinity ? 0 : density(x);
    },
    cdf(x) {
      if (x <= low) return 0;
      if (x >= high) return 1;
      return Math.min(1, cdf(x));
    },
    quantile(p) {
      if (p === 0) return low;
      if (p === 1) return high;
      if (!(p > 0 && p < 1)) return NaN;
      return Math.min(high, Math.max(low, quantile(p)));
    },
  };
}
