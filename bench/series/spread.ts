// What is said of repeated measurements: the middle and how far they lie from it.
import { quantile } from 'd3-array';

export interface Spread {
  readonly median: number;
  readonly quartiles: readonly [low: number, high: number];
  readonly least: number;
  readonly most: number;
  readonly count: number;
}

/** @param values at least one; between neighbours quantiles are interpolated linearly */
export function spreadOf(values: readonly number[]): Spread {
  const at = (share: number) => quantile(values, share)!;
  return {
    median: at(0.5),
    quartiles: [at(0.25), at(0.75)],
    least: at(0),
    most: at(1),
    count: values.length,
  };
}
