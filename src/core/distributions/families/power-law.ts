// Families with a pure power tail: Pareto and Lomax.
import { continuous } from '../continuous.ts';
import type { Distribution } from '../distribution.ts';

export function pareto(parameters: { alpha: number; xm: number }): Distribution {
  const { alpha, xm } = parameters;
  const moments = powerLawMoments(alpha, xm);
  return continuous('pareto', parameters, {
    ...moments,
    mean: moments.mean + xm,
    support: [xm, Infinity],
    density: (x) => (alpha / x) * (xm / x) ** alpha,
    cdf: (x) => -Math.expm1(-alpha * Math.log1p((x - xm) / xm)),
    quantile: (p) => xm * Math.exp(-Math.log1p(-p) / alpha),
  });
}

export function lomax(parameters: { alpha: number; lambda: number }): Distribution {
  const { alpha, lambda: scale } = parameters;
  return continuous('lomax', parameters, {
    ...powerLawMoments(alpha, scale),
    support: [0, Infinity],
    density: (x) => (alpha / scale) * Math.exp(-(alpha + 1) * Math.log1p(x / scale)),
    cdf: (x) => -Math.expm1(-alpha * Math.log1p(x / scale)),
    quantile: (p) => scale * Math.expm1(-Math.log1p(-p) / alpha),
  });
}

/** Mean and variance of the excess over the minimum. */
function powerLawMoments(alpha: number, scale: number): { mean: number; variance: number } {
  const mean = alpha > 1 ? scale / (alpha - 1) : Infinity;
  const variance = alpha > 2 ? (mean * mean * alpha) / (alpha - 2) : Infinity;
  return { mean, variance };
}
