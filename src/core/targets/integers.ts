// The output space of a discrete family: the integers of its support.
import { InputError } from '../errors.ts';
import type { Distribution } from '../distributions/distribution.ts';
import { thinnedIndices } from './lattice.ts';
import { normalize, type OutputSpace, type OutputSpaceSettings } from './space.ts';

/**
 * All integers from the support's low end (or the low quantile) to its high end (or the high
 * quantile). Where they are more than `bins`: those between the quantiles, both tails in the
 * outermost answers; where these are still too many, `bins` of them evenly spaced, each with the
 * probability from above the midpoint before it to the midpoint after it. With the rules of the
 * paper: the first `bins` integers, the upper tail in the last one.
 */
export function integerSpace(
  distribution: Distribution,
  settings: OutputSpaceSettings,
): OutputSpace {
  const { bins, rules } = settings;
  const [first, last] = wholeRange(distribution, settings);
  if (last - first < bins) return everyInteger(distribution, settings, first, last);
  if (rules === 'paper') return everyInteger(distribution, settings, first, first + bins - 1);
  return quantileRange(distribution, settings);
}

/** From one end of the support to the other, quantiles in the place of infinite ends. */
function wholeRange(
  distribution: Distribution,
  { bins, quantileLow, quantileHigh }: OutputSpaceSettings,
): [first: number, last: number] {
  const [low, high] = distribution.support;
  // The reference's fallback for infinite quantiles: half the bins either side of 0.
  const first = Number.isFinite(low)
    ? low
    : Math.floor(finiteOr(distribution.quantile(quantileLow), -bins / 2));
  const last = Number.isFinite(high)
    ? high
    : Math.ceil(finiteOr(distribution.quantile(quantileHigh), Math.floor(bins / 2)));
  return [first, Math.max(first, last)];
}

const finiteOr = (x: number, fallback: number) => (Number.isFinite(x) ? x : fallback);

/**
 * As in the reference, only an upper tail beyond an unbounded support's last answer is clipped in; a
 * dropped lower tail (Skellam) is not.
 */
function everyInteger(
  distribution: Distribution,
  { tailPolicy, bins }: OutputSpaceSettings,
  first: number,
  last: number,
): OutputSpace {
  checkExact(first, last);
  const numbers = Float64Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const probabilities = numbers.map((k) => Math.max(0, distribution.density(k)));
  const beyond = Math.max(0, 1 - distribution.cdf(last));
  if (tailPolicy === 'clip_to_edge_bin' && distribution.support[1] === Infinity) {
    probabilities[probabilities.length - 1]! += beyond;
  }
  return space(numbers, probabilities, numbers.length === bins ? beyond : 0);
}

function quantileRange(
  distribution: Distribution,
  { bins, quantileLow, quantileHigh, tailPolicy }: OutputSpaceSettings,
): OutputSpace {
  const cdf = (k: number) => distribution.cdf(k);
  const [low, high] = distribution.support;
  const first = Math.floor(finiteOr(distribution.quantile(quantileLow), low));
  const last = Math.ceil(finiteOr(distribution.quantile(quantileHigh), high));
  checkExact(first, last);
  const numbers = thinnedIndices(last - first + 1, bins).map((index) => first + index);
  const n = numbers.length;
  const thinned = n <= last - first;
  let below = cdf(first - 1);
  const probabilities = numbers.map((k, i) => {
    if (!thinned) return Math.max(0, distribution.density(k));
    const upTo = cdf(i + 1 < n ? (k + numbers[i + 1]!) / 2 : last);
    const mass = Math.max(0, upTo - below);
    below = upTo;
    return mass;
  });
  if (tailPolicy === 'clip_to_edge_bin') {
    probabilities[0]! += cdf(first - 1);
    probabilities[n - 1]! += Math.max(0, 1 - cdf(last));
  }
  return space(numbers, probabilities, 0);
}

function checkExact(first: number, last: number): void {
  if (Math.max(Math.abs(first), Math.abs(last)) <= Number.MAX_SAFE_INTEGER) return;
  throw new InputError(
    `the answers would lie between ${first} and ${last}, but doubles tell whole numbers apart up to ${Number.MAX_SAFE_INTEGER} only`,
    'use smaller parameters',
    'params',
  );
}

function space(numbers: Float64Array, probabilities: Float64Array, cut: number): OutputSpace {
  normalize(probabilities);
  return {
    values: Array.from(numbers, String),
    numbers,
    probabilities,
    lowerBound: numbers[0]!,
    upperBound: numbers.at(-1)!,
    cut,
  };
}
