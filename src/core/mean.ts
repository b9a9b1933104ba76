// The mean of what is known. Not d3's: this one comes with the page, before the charts and their library.

/** Null where nothing is known. */
export function mean<T>(
  items: readonly T[],
  of: (item: T) => number | null | undefined,
): number | null {
  let [sum, count] = [0, 0];
  for (const item of items) {
    const value = of(item) ?? NaN;
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return count === 0 ? null : sum / count;
}
