// The chi-square goodness-of-fit test, as the reference applies it to discrete families.
import type { Distribution } from '../distributions/distribution.ts';
import { gammaUpper } from '../distributions/incomplete-gamma.ts';
import { roundHalfEven } from '../prompts/python-float.ts';

/** A test of fit; NaN where it is undefined. */
export interface TestResult {
  readonly statistic: number;
  readonly pValue: number;
}

/** What there is to say about too small a sample. */
export const UNDEFINED: TestResult = { statistic: NaN, pValue: NaN };

/** Probability that a chi-square variable exceeds x. */
export function chiSquareTail(x: number, degreesOfFreedom: number): number {
  return x === Infinity ? 0 : gammaUpper(degreesOfFreedom / 2, x / 2);
}

/** More bins than this and the reference gives up. */
const MOST_BINS = 10_000_000;

/**
 * Pearson's chi-square over the whole support, without pooling of small bins (so the p-value is
 * rough where expectations are small). An infinite side is cut at its 0.1 % quantile or the
 * sample's end, whichever is further out, and one bin holds the tail beyond. Values are rounded
 * half to even; those outside a finite end are dropped. NaN with no value left or too many bins.
 */
export function chiSquareTest(distribution: Distribution, values: ArrayLike<number>): TestResult {
  const [supportLow, supportHigh] = distribution.support;
  const openBelow = !Number.isFinite(supportLow);
  const openAbove = !Number.isFinite(supportHigh);
  let first = openBelow ? Math.floor(distribution.quantile(0.001)) : supportLow;
  let last = openAbove ? Math.ceil(distribution.quantile(0.999)) : supportHigh;
  const counts = new Map<number, number>();
  let n = 0;
  for (const x of Array.from(values, roundHalfEven)) {
    if (x < supportLow || x > supportHigh) continue;
    first = Math.min(first, x);
    last = Math.max(last, x);
    counts.set(x, (counts.get(x) ?? 0) + 1);
    n++;
  }
  if (n === 0 || !(last - first < MOST_BINS)) return UNDEFINED;

  // An empty bin adds its expectation, so all of them together add what the others leave of n.
  let statistic = 0;
  let emptyExpectation = n;
  for (const [x, count] of counts) {
    const expected = n * distribution.density(x);
    statistic += (count - expected) ** 2 / expected;
    emptyExpectation -= expected;
  }
  statistic += Math.max(0, emptyExpectation);
  const bins = last - first + 1 + Number(openBelow) + Number(openAbove);
  return { statistic, pValue: chiSquareTail(statistic, bins - 1) };
}
