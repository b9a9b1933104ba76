// The inverse Gaussian: the time a drifting Brownian motion takes to a barrier.
import { defineFamily, positiveParameter } from '../family.ts';
import { geometric } from '../grids.ts';
import { invertCdf } from '../inversion.ts';
import { erfcx, normalQuantile } from '../special-functions.ts';

defineFamily({
  id: 'inverse_gaussian',
  displayName: 'Inverse Gaussian',
  tier: 'III',
  kind: 'continuous',
  role: 'train',
  convention: 'mean mu and shape lambda: the variance is mu^3 / lambda',
  parameters: {
    mu: positiveParameter('mean', 1),
    lambda: positiveParameter('shape', 2),
  },
  grids: {
    train: { max_specs: 121, mu: geometric(0.5, 3, 11), lambda: geometric(0.5, 5, 11) },
    test_unseen: { max_specs: 36, mu: geometric(3.5, 6, 6), lambda: geometric(5.5, 8, 6) },
    test_selected: [{ mu: 5, lambda: 7 }],
  },
  /**
   * The textbook cdf multiplies e^(2 lambda / mu) by a vanishing normal tail; with the scaled
   * complementary error function both of its terms carry the same factor and neither overflows.
   */
  distribution({ mu, lambda }) {
    const support = [0, Infinity] as const;
    const density = (x: number): number => {
      if (x === 0) return 0;
      const z = (x - mu) / mu;
      return Math.sqrt(lambda / (2 * Math.PI * x)) * (Math.exp((-lambda * z * z) / (2 * x)) / x);
    };
    const cdf = (x: number): number => {
      const root = Math.sqrt(lambda / (2 * x));
      const near = root * Math.abs(x / mu - 1);
      const far = root * (x / mu + 1);
      const factor = 0.5 * Math.exp(-near * near);
      if (factor === 0) return x < mu ? 0 : 1;
      return x < mu ? factor * (erfcx(near) + erfcx(far)) : 1 - factor * (erfcx(near) - erfcx(far));
    };
    // First guess: a lognormal of the same mean and variance.
    const spread = Math.log1p(mu / lambda);
    const guess = (p: number) =>
      mu * Math.exp(normalQuantile(p) * Math.sqrt(spread) - 0.5 * spread);
    return {
      support,
      density,
      cdf,
      quantile: (p) => invertCdf({ cdf, density, support }, p, guess(p)),
      mean: mu,
      variance: (mu * mu * mu) / lambda,
    };
  },
});
