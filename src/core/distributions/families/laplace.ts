// The Laplace distribution.
import { defineFamily, positiveParameter, real } from '../family.ts';
import { geometric, evenly } from '../grids.ts';

defineFamily({
  id: 'laplace',
  displayName: 'Laplace',
  tier: 'III',
  kind: 'continuous',
  role: 'train',
  convention: 'b is a scale: the variance is 2 b^2',
  parameters: {
    mu: real('mean', 0),
    b: positiveParameter('scale', 1),
  },
  grids: {
    train: { max_specs: 121, mu: evenly(-2, 2, 11), b: geometric(0.5, 2, 11) },
    test_unseen: { max_specs: 36, mu: evenly(2.5, 4, 6), b: geometric(2.25, 3.5, 6) },
    test_selected: [{ mu: 3.5, b: 3 }],
  },
  distribution({ mu, b }) {
    return {
      support: [-Infinity, Infinity],
      density: (x) => (0.5 * Math.exp(-Math.abs(x - mu) / b)) / b,
      cdf(x) {
        const z = (x - mu) / b;
        return z < 0 ? 0.5 * Math.exp(z) : 1 - 0.5 * Math.exp(-z);
      },
      quantile: (p) => (p < 0.5 ? Math.log(2 * p) : -Math.log(2 * (1 - p))) * b + mu,
      mean: mu,
      variance: 2 * b * b,
    };
  },
});
