// The Gaussian distribution.
import { defineFamily, positiveParameter, real } from '../family.ts';
import { geometric, evenly } from '../grids.ts';
import { SQRT_TWO_PI, normalCdf, normalQuantile } from '../special-functions.ts';

defineFamily({
  id: 'gaussian',
  displayName: 'Gaussian',
  tier: 'I',
  kind: 'continuous',
  role: 'train',
  convention: 'sigma is the standard deviation, not the variance',
  parameters: {
    mu: real('mean', 0),
    sigma: positiveParameter('standard deviation', 1),
  },
  grids: {
    train: { max_specs: 121, mu: evenly(-2, 2, 11), sigma: geometric(0.5, 2, 11) },
    test_unseen: { max_specs: 36, mu: evenly(2.5, 4, 6), sigma: geometric(2.25, 3.5, 6) },
    test_selected: [{ mu: 3.5, sigma: 3 }],
  },
  distribution({ mu, sigma }) {
    return {
      support: [-Infinity, Infinity],
      density(x) {
        const z = (x - mu) / sigma;
        return Math.exp(-0.5 * z * z) / (SQRT_TWO_PI * sigma);
      },
      cdf: (x) => normalCdf((x - mu) / sigma),
      quantile: (p) => normalQuantile(p) * sigma + mu,
      mean: mu,
      variance: sigma * sigma,
    };
  },
});
