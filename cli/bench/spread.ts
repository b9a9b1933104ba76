// What is said of repeated measurements: the middle and how far they lie from it.

export interface Spread {
  readonly median: number;
  readonly quartiles: readonly [low: number, high: number];
  readonly least: number;
  readonly most: number;
  readonly count: number;
}

/** @param values at least one */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  /** Interpolated linearly between neighbours. */
  const at = (share: number) => {
    const place = share * (sorted.length - 1);
    const below = sorted[Math.floor(place)]!;
    return below + (place % 1) * (sorted[Math.ceil(place)]! - below);
  };
  return {
    median: at(0.5),
    quartiles: [at(0.25), at(0.75)],
    least: at(0),
    most: at(1),
    count: sorted.length,
  };
}
