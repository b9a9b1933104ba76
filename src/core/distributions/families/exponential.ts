// The exponential distribution.
import { defineFamily, positiveParameter } from '../family.ts';
import { geometric } from '../grids.ts';

defineFamily({
  id: 'exponential',
  displayName: 'Exponential',
  tier: 'II',
  kind: 'continuous',
  role: 'train',
  convention: 'lambda is a rate: the mean is 1 / lambda',
  parameters: {
    lambda: positiveParameter('rate', 1),
  },
  grids: {
    train: { max_specs: 25, lambda: geometric(0.5, 5, 25) },
    test_unseen: { max_specs: 12, lambda: geometric(5.5, 8, 12) },
    test_selected: [{ lambda: 7 }],
  },
  distribution({ lambda: rate }) {
    return {
      support: [0, Infinity],
      density: (x) => rate * Math.exp(-rate * x),
      cdf: (x) => -Math.expm1(-rate * x),
      quantile: (p) => -Math.log1p(-p) / rate,
      mean: 1 / rate,
      variance: 1 / (rate * rate),
    };
  },
});
