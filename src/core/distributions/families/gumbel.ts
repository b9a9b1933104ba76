// The Gumbel distribution.
import { defineFamily, positiveParameter, real } from '../family.ts';
import { geometric, evenly } from '../grids.ts';

const EULER_GAMMA = 0.5772156649015329;

defineFamily({
  id: 'gumbel',
  displayName: 'Gumbel',
  tier: 'III',
  kind: 'continuous',
  role: 'train',
  convention: 'for maxima: the long tail is to the right; beta is a scale',
  parameters: {
    mu: real('mode', 0),
    beta: positiveParameter('scale', 1),
  },
  grids: {
    train: { max_specs: 121, mu: evenly(-2, 2, 11), beta: geometric(0.5, 2, 11) },
    test_unseen: { max_specs: 36, mu: evenly(2.5, 4, 6), beta: geometric(2.25, 3.5, 6) },
    test_selected: [{ mu: 3.5, beta: 3 }],
  },
  distribution({ mu, beta }) {
    return {
      support: [-Infinity, Infinity],
      density(x) {
        const z = (x - mu) / beta;
        return Math.exp(-z - Math.exp(-z)) / beta;
      },
      cdf: (x) => Math.exp(-Math.exp(-(x - mu) / beta)),
      quantile: (p) => -Math.log(-Math.log(p)) * beta + mu,
      mean: mu + EULER_GAMMA * beta,
      variance: (Math.PI * beta) ** 2 / 6,
    };
  },
});
