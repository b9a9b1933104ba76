// The logistic distribution.
import { defineFamily, positiveParameter, real } from '../family.ts';
import { geometric, evenly } from '../grids.ts';

defineFamily({
  id: 'logistic',
  displayName: 'Logistic',
  tier: 'III',
  kind: 'continuous',
  role: 'train',
  convention: 's is a scale: the variance is (pi s)^2 / 3',
  parameters: {
    mu: real('mean', 0),
    s: positiveParameter('scale', 1),
  },
  grids: {
    train: { max_specs: 121, mu: evenly(-2, 2, 11), s: geometric(0.5, 2, 11) },
    test_unseen: { max_specs: 36, mu: evenly(2.5, 4, 6), s: geometric(2.25, 3.5, 6) },
    test_selected: [{ mu: 3.5, s: 3 }],
  },
  distribution({ mu, s }) {
    return {
      support: [-Infinity, Infinity],
      density(x) {
        const e = Math.exp(-Math.abs(x - mu) / s);
        return e / (s * (1 + e) ** 2);
      },
      cdf(x) {
        const z = (x - mu) / s;
        if (z >= 0) return 1 / (1 + Math.exp(-z));
        const e = Math.exp(z);
        return e / (1 + e);
      },
      quantile: (p) => (Math.log(p) - Math.log1p(-p)) * s + mu,
      mean: mu,
      variance: (Math.PI * s) ** 2 / 3,
    };
  },
});
