// Comparisons of numbers whose tolerance is relative to the largest of them.
import { expect } from 'vitest';

/** The largest difference, as a fraction of the largest expected value (of 1 where `floor` says so). */
export function relativeError(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  floor = 0,
): number {
  expect(actual.length).toBe(expected.length);
  let [difference, largest] = [0, floor];
  for (let i = 0; i < expected.length; i++) {
    // NaN on either side must not pass for agreement.
    if (Number.isNaN(actual[i]! - expected[i]!)) return NaN;
    difference = Math.max(difference, Math.abs(actual[i]! - expected[i]!));
    largest = Math.max(largest, Math.abs(expected[i]!));
  }
  return difference === 0 ? 0 : difference / largest;
}

/** Fails unless the relative error is at most `tolerance`. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
  floor = 0,
): void {
  expect(relativeError(actual, expected, floor), what).toBeLessThanOrEqual(tolerance);
}
