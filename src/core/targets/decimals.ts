// The output space of a continuous family: decimal numbers, each with a bin of probability around it.
import type { Distribution } from '../distributions/distribution.ts';
import { decimalLattice, type Thinning } from './lattice.ts';
import { normalize, type OutputSpace, type OutputSpaceSettings } from './space.ts';

/**
 * Multiples of 10^-decimals between two quantiles, thinned to `bins`; bin edges are midpoints, the
 * outermost are the quantiles. Tails go to the outermost answers, then everything is normalised.
 */
export function decimalSpace(
  distribution: Distribution,
  { decimals, bins, quantileLow, quantileHigh, tailPolicy, placement }: OutputSpaceSettings,
): OutputSpace {
  // Where a quantile is infinite (asked for p = 0 or 1) the reference falls back to [-10, 10].
  const low = within(distribution, quantileLow, -10);
  const high = within(distribution, quantileHigh, 10);
  const { numbers, values } = decimalLattice(
    low,
    high,
    decimals,
    bins,
    ...(placement === 'quantiles'
      ? [quantileIndices(distribution, quantileLow, quantileHigh)]
      : []),
  );
  const n = numbers.length;
  const probabilities = new Float64Array(n);
  const lowerTail = distribution.cdf(low);
  let below = lowerTail;
  for (let i = 0; i < n; i++) {
    const edge = i + 1 < n ? (numbers[i]! + numbers[i + 1]!) / 2 : high;
    const upTo = distribution.cdf(edge);
    probabilities[i] = Math.max(0, upTo - below);
    below = upTo;
  }
  if (tailPolicy === 'clip_to_edge_bin') {
    probabilities[0]! += lowerTail;
    probabilities[n - 1]! += Math.max(0, 1 - below);
  }
  normalize(probabilities);
  return { values, numbers, probabilities, lowerBound: low, upperBound: high };
}

/** The grid points nearest to evenly spaced quantiles, each once; all where there are no more. */
function quantileIndices(distribution: Distribution, low: number, high: number): Thinning {
  return (n, most, first, step) => {
    if (n <= most) return Float64Array.from({ length: n }, (_, i) => i);
    const kept = new Set<number>();
    for (let i = 0; i < most; i++) {
      const p = low + ((high - low) * i) / (most - 1);
      const index = Math.round(distribution.quantile(p) / step) - first;
      kept.add(Math.min(Math.max(index, 0), n - 1));
    }
    return Float64Array.from(kept);
  };
}

function within(distribution: Distribution, p: number, fallback: number): number {
  const [low, high] = distribution.support;
  const x = Math.min(Math.max(distribution.quantile(p), low), high);
  return Number.isFinite(x) ? x : fallback;
}
