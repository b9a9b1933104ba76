// What every distribution family can do.

/** A fully specified univariate distribution. Functions are total: outside the support the density is 0. */
export interface Distribution {
  /** Family identifier, e.g. `negative_binomial`. */
  readonly family: string;
  /** Parameters in the family's order, by the names the prompt uses. */
  readonly parameters: Readonly<Record<string, number>>;
  readonly kind: 'continuous' | 'discrete';
  /** Closed hull of the support; infinite ends are `±Infinity`. */
  readonly support: readonly [low: number, high: number];
  /** Probability density (continuous) or mass (discrete; 0 off the integers) at `x`. */
  density(x: number): number;
  /** P(X <= x). */
  cdf(x: number): number;
  /** Smallest x with cdf(x) >= p; the support's ends at p = 0 and 1. */
  quantile(p: number): number;
  /** May be `Infinity` or `NaN` where the moment diverges or does not exist. */
  readonly mean: number;
  readonly variance: number;
}
