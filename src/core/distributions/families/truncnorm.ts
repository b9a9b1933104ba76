// The Gaussian cut to an interval.
import { defineFamily, positiveParameter, real } from '../family.ts';
import { integrate, integratePanels } from '../gauss-legendre.ts';
import { values } from '../grids.ts';
import { invertCdf } from '../inversion.ts';
import { erfcx } from '../special-functions.ts';

/** Beyond this value of z^2 - anchor^2 the density has fallen below any double. */
const NEGLIGIBLE = 1500;

defineFamily({
  id: 'truncnorm',
  displayName: 'TruncNorm',
  tier: 'II',
  kind: 'continuous',
  role: 'held_out',
  convention: 'Gaussian(mu, sigma) cut to lower..upper, which are given in absolute values',
  parameters: {
    mu: real('mean before cutting', 0),
    sigma: positiveParameter('standard deviation before cutting', 1),
    lower: real('lower end', -2),
    upper: real('upper end', 2),
  },
  orderings: [['lower', '<', 'upper']],
  grids: {
    ood: {
      max_specs: 16,
      mu: values(0, 1),
      sigma: values(1, 1.5),
      lower: values(-2, -1),
      upper: values(1, 2),
    },
    ood_selected: [
      { mu: 0, sigma: 1, lower: -1, upper: 1 },
      { mu: 0, sigma: 1, lower: -2, upper: 2 },
      { mu: 1, sigma: 1.5, lower: -1, upper: 2 },
    ],
  },
  /**
   * Everything is measured relative to the density at `anchor`, the point of the interval nearest
   * to the Gaussian's mean, so that an interval far out in a tail works as well as one at the centre.
   */
  distribution({ mu, sigma, lower, upper }) {
    const a = (lower - mu) / sigma;
    const b = (upper - mu) / sigma;
    const anchor = a > 0 ? a : b < 0 ? b : 0;
    const relativeDensity = (z: number) => Math.exp(-0.5 * (z - anchor) * (z + anchor));

    /** Integral of the relative density beyond z >= 0, on either side. */
    const tail = (z: number) =>
      Math.sqrt(Math.PI / 2) * erfcx(z * Math.SQRT1_2) * relativeDensity(z);
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

    return {
      support: [lower, upper],
      density: (x) => relativeDensity((x - mu) / sigma) / (total * sigma),
      cdf: (x) => cdf((x - mu) / sigma),
      quantile: (p) => invertCdf(standard, p, anchor) * sigma + mu,
      mean: mean * sigma + mu,
      variance: expectation((z) => (z - mean) ** 2) * sigma * sigma,
    };
  },
});
