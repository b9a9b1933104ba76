// The chi-square goodness-of-fit test, as the reference applies it to discrete families.
import type { Distribution } from '../distributions/distribution.ts';
import { gammaUpper } from '../distributions/special-functions.ts';
import { roundHalfEven } from '../targets/lattice.ts';

export interface TestResult {
  readonly statistic: number;
  readonly pValue: number;
}

/** What there is to say about too small a sample. */
export const UNDEFINED: TestResult = { statistic: NaN, pValue: NaN };

/** Pearson's statistic of counts against expected counts; bins without expectation must be empty. */
export function chiSquare(observed: ArrayLike<number>, expected: ArrayLike<number>): TestResult {
  let statistic = 0;
  let bins = 0;
  for (let i = 0; i < observed.length; i++) {
    const [o, e] = [observed[i]!, expected[i]!];
    bins++;
    if (o === 0 && e === 0) continue;
    statistic += (o - e) ** 2 / e;
  }
  return { statistic, pValue: gammaUpper((bins - 1) / 2, statistic / 2) };
}

/** Beyond this many integers the reference gives up. */
const MOST_BINS = 10_000_000;

/**
 * Chi-square over the whole support without pooling of small bins (so its p-value is rough where
 * expectations are small). An infinite side is cut at its 0.1 % quantile or the sample's end,
 * whichever is further out, and one bin holds the tail beyond. Values are rounded half to even;
 * those outside a finite end are dropped. NaN without any value left, or with too many bins.
 */
export function chiSquareTest(distribution: Distribution, values: ArrayLike<number>): TestResult {
  const rounded = Array.from(values, roundHalfEven);
  const [supportLow, supportHigh] = distribution.support;
  if (rounded.length === 0) return UNDEFINED;
  const least = rounded.reduce((a, b) => Math.min(a, b));
  const greatest = rounded.reduce((a, b) => Math.max(a, b));
  const openBelow = !Number.isFinite(supportLow);
  const openAbove = !Number.isFinite(supportHigh);
  const first = openBelow ? Math.min(Math.floor(distribution.quantile(0.001)), least) : supportLow;
  const last = openAbove
    ? Math.max(Math.ceil(distribution.quantile(0.999)), greatest)
    : supportHigh;
  const bins = last - first + 1;
  if (!(bins <= MOST_BINS)) return UNDEFINED;

  const observed = new Float64Array(bins);
  let n = 0;
  for (const x of rounded) {
    if (x < first || x > last) continue;
    observed[x - first]!++;
    n++;
  }
  if (n === 0) return UNDEFINED;
  const expected = Array.from(observed, (_, i) => distribution.density(first + i));
  if (openBelow) expected.unshift(distribution.cdf(first - 1));
  if (openAbove) expected.push(Math.max(0, 1 - distribution.cdf(last)));
  const counts = [...(openBelow ? [0] : []), ...observed, ...(openAbove ? [0] : [])];
  const total = expected.reduce((sum, e) => sum + e, 0);
  return chiSquare(
    counts,
    expected.map((e) => (e / total) * n),
  );
}
