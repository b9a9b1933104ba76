// The Gaussian cut to an interval.
import { continuous } from '../continuous.ts';
import type { Distribution } from '../distribution.ts';
import { integrate, integratePanels } from '../gauss-legendre.ts';
import { invertCdf } from '../inversion.ts';
import { erfcx } from '../special-functions.ts';

/** Beyond this value of z^2 - anchor^2 the density has fallen below any double. */
const NEGLIGIBLE = 1500;

/**
 * Everything is measured relative to the density at `anchor`, the point of the interval nearest
 * to the Gaussian's mean, so that an interval far out in a tail works as well as one at the centre.
 */
export function truncnorm(parameters: {
  mu: number;
  sigma: number;
  lower: number;
  upper: number;
}): Distribution {
  const { mu, sigma, lower, upper } = parameters;
  const a = (lower - mu) / sigma;
  const b = (upper - mu) / sigma;
  const anchor = a > 0 ? a : b < 0 ? b : 0;
  const relativeDensity = (z: number) => Math.exp(-0.5 * (z - anchor) * (z + anchor));

  /** Integral of the relative density beyond z >= 0, on either side. */
  const tail = (z: number) => Math.sqrt(Math.PI / 2) * erfcx(z * Math.SQRT1_2) * relativeDensity(z);
  /** Integral of the relative density from low to high, without cancellation. */
  const mass = (low: number, high: number): number => {
    if (high - low < 1 / Math.max(1, Math.abs(anchor))) {
      return integrate(relativeDensity, low, high);
    }
    if (low >= 0) return tail(low) - tail(high);
    if (high <= 0) return tail(-high) - tail(-low);
    const whole = Math.sqrt(2 * Math.PI);
    return whole - tail(-low) - tail(high);
  };

  const total = mass(a, b);
  const cdf = (z: number): number => {
    const below = mass(a, z);
    return below < 0.5 * total ? below / total : 1 - mass(z, b) / total;
  };
  const standard = {
    cdf,
    density: (z: number) => relativeDensity(z) / total,
    support: [a, b],
    resolution: 2e-16 * Math.min(1, b - a),
  } as const;

  // Moments about the anchor, over the part of the interval that weighs anything.
  const reach = Math.sqrt(anchor * anchor + NEGLIGIBLE);
  const low = Math.max(a, -reach);
  const high = Math.min(b, reach);
  const expectation = (f: (z: number) => number) =>
    integratePanels((z) => f(z) * relativeDensity(z), low, high, 40) / total;
  const mean = anchor + expectation((z) => z - anchor);

  return continuous('truncnorm', parameters, {
    support: [lower, upper],
    density: (x) => relativeDensity((x - mu) / sigma) / (total * sigma),
    cdf: (x) => cdf((x - mu) / sigma),
    quantile: (p) => invertCdf(standard, p, anchor) * sigma + mu,
    mean: mean * sigma + mu,
    variance: expectation((z) => (z - mean) ** 2) * sigma * sigma,
  });
}
