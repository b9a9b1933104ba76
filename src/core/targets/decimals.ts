// The output space of a continuous family: decimal numbers, each with a bin of probability around it.
import type { Distribution } from '../distributions/distribution.ts';
import { InputError } from '../errors.ts';
import { roundHalfEven } from '../prompts/python-float.ts';
import { decimalLattice } from './lattice.ts';
import { MOST_DECIMALS, normalize, type OutputSpace, type OutputSpaceSettings } from './space.ts';

/**
 * Multiples of 10^-decimals between two quantiles, thinned to `bins`; bin edges are midpoints, the
 * outermost are the quantiles. Tails go to the outermost answers, then everything is normalised.
 */
export function decimalSpace(
  distribution: Distribution,
  { decimals, bins, quantileLow, quantileHigh, tailPolicy, rules }: OutputSpaceSettings,
): OutputSpace {
  // Where a quantile is infinite (asked for p = 0 or 1) the reference falls back to [-10, 10].
  const low = boundary(distribution, quantileLow, -10);
  const high = boundary(distribution, quantileHigh, 10);
  if (!(low <= high)) throw outsideFallback(distribution, low, high);
  const { numbers, values } = decimalLattice(low, high, decimals, bins);
  const [supportLow, supportHigh] = distribution.support;
  if (rules === 'lab' && (numbers[0]! < supportLow || numbers.at(-1)! > supportHigh)) {
    throw tooNarrow(distribution, low, high, decimals);
  }
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
  return { values, numbers, probabilities, lowerBound: low, upperBound: high, cut: 0 };
}

/** A quantile that a double can hold; the fallback where an infinite end of the support is asked for. */
function boundary(distribution: Distribution, p: number, fallback: number): number {
  const x = distribution.quantile(p);
  if (Number.isFinite(x)) return x;
  if (p === 0 || p === 1) return fallback;
  throw new InputError(
    `${distribution.family}: its ${p} quantile is beyond ${Math.sign(x) * 1e308}, more than a double holds`,
    'use less extreme parameters',
    'params',
  );
}

function outsideFallback({ support: [from, to] }: Distribution, low: number, high: number) {
  return new InputError(
    `the range from ${low} to ${high} is empty: the support is ${from} to ${to}, and infinite quantiles stand for -10 and 10`,
    'ask for quantiles above 0 and below 1',
    'quantileHigh',
  );
}

function tooNarrow(
  { support: [from, to] }: Distribution,
  low: number,
  high: number,
  decimals: number,
): InputError {
  const enough = Array.from({ length: MOST_DECIMALS + 1 }, (_, d) => d).find((d) => {
    const scale = Number(`1e${d}`);
    const centre = roundHalfEven(((low + high) / 2) * scale) / scale;
    return (
      d > decimals &&
      (Math.ceil(low * scale) <= Math.floor(high * scale) || (centre >= from && centre <= to))
    );
  });
  return new InputError(
    `no number with ${decimals} decimals lies between ${low} and ${high}`,
    enough === undefined ? 'use a wider distribution' : `give at least ${enough} decimals`,
    'decimals',
  );
}
