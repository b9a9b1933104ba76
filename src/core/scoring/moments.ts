// How far a sample's mean, variance and quantiles lie from the target's.
import type { Distribution } from '../distributions/distribution.ts';

/** A sample's mean and variance, and how far they are off. */
export interface MomentErrors {
  readonly sampleMean: number;
  /** Divided by n. */
  readonly sampleVariance: number;
  /** Absolute; NaN where the target's moment is infinite or does not exist (Cauchy), or without values. */
  readonly meanError: number;
  readonly varianceError: number;
}

export function momentErrors(distribution: Distribution, values: Float64Array): MomentErrors {
  const n = values.length;
  const mean = values.reduce((sum, x) => sum + x, 0) / n;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n;
  const error = (sample: number, target: number) =>
    Number.isFinite(target) ? Math.abs(sample - target) : NaN;
  return {
    sampleMean: mean,
    sampleVariance: variance,
    meanError: error(mean, distribution.mean),
    varianceError: error(variance, distribution.variance),
  };
}

/**
 * The reference's W1: mean |x_(i) - Q((i + 0.5) / n)| over the sorted values. It sees valid values
 * only, so read it beside the valid rate. Infinite without values.
 */
export function wasserstein1(distribution: Distribution, values: Float64Array): number {
  const n = values.length;
  if (n === 0) return Infinity;
  let total = 0;
  values
    .slice()
    .sort()
    .forEach((x, i) => (total += Math.abs(x - distribution.quantile((i + 0.5) / n))));
  return total / n;
}

/** W1 between two distributions on the same ascending numbers: the area between their cdfs. */
export function wassersteinBetween(
  numbers: ArrayLike<number>,
  p: ArrayLike<number>,
  q: ArrayLike<number>,
): number {
  let total = 0;
  let difference = 0;
  for (let i = 0; i + 1 < numbers.length; i++) {
    difference += p[i]! - q[i]!;
    total += Math.abs(difference) * (numbers[i + 1]! - numbers[i]!);
  }
  return total;
}
