// Numerical inversion of a continuous distribution function.

interface Inversion {
  readonly cdf: (x: number) => number;
  readonly density: (x: number) => number;
  /** The support; the upper end may be infinite. */
  readonly support: readonly [low: number, high: number];
  /** Differences of x below this do not matter; by default only relative ones do not. */
  readonly resolution?: number;
}

/**
 * The x with cdf(x) = p, from a guess: Newton's method on log cdf, which keeps its footing in the
 * far lower tail, and there on log x too if the support starts at 0, where tails are power laws;
 * guarded by a bracket that is halved when a step would leave it. Precise to the last places that
 * cdf resolves.
 */
export function invertCdf(
  { cdf, density, support, resolution = 0 }: Inversion,
  p: number,
  guess: number,
): number {
  let [low, high] = support;
  const startsAtZero = low === 0;
  if (startsAtZero && cdf(Number.MIN_VALUE) >= p) return 0; // below every double but 0
  let x = guess > low && guess < high ? guess : halfway(low, high);
  for (let round = 0; round < 200; round += 1) {
    const value = cdf(x);
    if (value === p) return x;
    if (value < p) low = x;
    else high = x;
    const step = (value < 0.5 ? Math.log(p / value) * value : p - value) / density(x);
    let next = value < 0.5 && startsAtZero ? x * Math.exp(step / x) : x + step;
    if (!(next > low && next < high)) next = halfway(low, high);
    // Far below p a step of the logarithm is small without being the last one.
    const last = Math.abs(value - p) <= 0.01 * p;
    if (last && Math.abs(next - x) <= Math.max(2e-16 * Math.abs(x), resolution)) return next;
    if (next <= low || next >= high) return next;
    x = next;
  }
  return x;
}

/** A point inside the bracket, halving its logarithm where it spans orders of magnitude. */
function halfway(low: number, high: number): number {
  if (high === Infinity) return low > 0 ? 2 * low : 1;
  if (low >= 0 && high > 4 * low) {
    return Math.sqrt(Math.max(low, Number.MIN_VALUE)) * Math.sqrt(high);
  }
  return low + (high - low) / 2;
}
