// What families with a pure power tail have in common: Pareto and Lomax.

/** Mean and variance of the excess over the minimum. */
export function powerLawMoments(alpha: number, scale: number): { mean: number; variance: number } {
  const mean = alpha > 1 ? scale / (alpha - 1) : Infinity;
  const variance = alpha > 2 ? (mean * mean * alpha) / (alpha - 2) : Infinity;
  return { mean, variance };
}
