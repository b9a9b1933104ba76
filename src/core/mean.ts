// The mean of what is known. Not d3's: this one comes with the page, before the charts and their library.

type Known = number | null | undefined;

/** Null where nothing is known. */
export function mean(items: readonly Known[]): number | null;
export function mean<T>(items: readonly T[], of: (item: T) => Known): number | null;
export function mean<T>(items: readonly T[], of?: (item: T) => Known): number | null {
  let [sum, count] = [0, 0];
  for (const item of items) {
    const value = (of ? of(item) : (item as Known)) ?? NaN;
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return count === 0 ? null : sum / count;
}
