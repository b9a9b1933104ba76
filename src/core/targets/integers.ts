// The output space of a discrete family: the integers of its support.
import { InputError } from '../errors.ts';
import type { Distribution } from '../distributions/distribution.ts';
import { normalize, type OutputSpace, type OutputSpaceSettings } from './space.ts';

/**
 * The first `bins` integers from the support's low end (or the low quantile) to its high end (or
 * the high quantile). As in the reference, only an upper tail beyond an unbounded support's last
 * answer is clipped in; a dropped lower tail (Skellam) is not.
 */
export function integerSpace(
  distribution: Distribution,
  { bins, quantileLow, quantileHigh, tailPolicy }: OutputSpaceSettings,
): OutputSpace {
  const [supportLow, supportHigh] = distribution.support;
  const bounded = Number.isFinite(supportHigh);
  const first = Number.isFinite(supportLow)
    ? supportLow
    : Math.floor(finiteOr(distribution.quantile(quantileLow), -bins / 2));
  const end = bounded
    ? supportHigh
    : Math.ceil(finiteOr(distribution.quantile(quantileHigh), Math.floor(bins / 2)));
  const last = Math.max(first, Math.min(end, first + bins - 1));
  if (!(Math.max(Math.abs(first), Math.abs(last)) <= Number.MAX_SAFE_INTEGER)) {
    throw new InputError(
      `the answers would lie between ${first} and ${last}`,
      'use smaller parameters',
      'params',
    );
  }

  const n = last - first + 1;
  const numbers = new Float64Array(n);
  const probabilities = new Float64Array(n);
  const values = new Array<string>(n);
  for (let i = 0; i < n; i++) {
    numbers[i] = first + i;
    values[i] = String(first + i);
    probabilities[i] = Math.max(0, distribution.density(first + i));
  }
  if (tailPolicy === 'clip_to_edge_bin' && !bounded) {
    probabilities[n - 1]! += Math.max(0, 1 - distribution.cdf(last));
  }
  normalize(probabilities);
  return { values, numbers, probabilities, lowerBound: first, upperBound: last };
}

/** The reference's fallback for infinite quantiles, half the bins either side of 0 (rounded down). */
function finiteOr(x: number, fallback: number): number {
  return Number.isFinite(x) ? x : fallback;
}
