// Evenly and geometrically spaced values, to the last digit as numpy computes them.
import { exp10, log10 } from './correctly-rounded.ts';

/** `count` values from `first` to `last`, as numpy.linspace. */
export function linspace(first: number, last: number, count: number): number[] {
  if (count <= 1) return [first].slice(0, count);
  const intervals = count - 1;
  const step = (last - first) / intervals;
  const values = Array.from({ length: count }, (_, i) => i * step + first);
  values[intervals] = last;
  return values;
}

/** `count` values in geometric progression from `first` to `last`, both positive, as numpy.geomspace. */
export function geomspace(first: number, last: number, count: number): number[] {
  const values = linspace(log10(first), log10(last), count).map(exp10);
  if (count > 0) values[0] = first;
  if (count > 1) values[count - 1] = last;
  return values;
}

/** At most `limit` of the items, evenly spaced with both ends kept; all of them for 0. */
export function subsample<T>(items: readonly T[], limit: number): readonly T[] {
  if (limit <= 0 || items.length <= limit) return items;
  return linspace(0, items.length - 1, limit).map((index) => items[Math.trunc(index)]!);
}
