// The Cauchy distribution.
import { defineFamily, positiveParameter, real } from '../family.ts';
import { geometric, evenly } from '../grids.ts';

defineFamily({
  id: 'cauchy',
  displayName: 'Cauchy',
  tier: 'III',
  kind: 'continuous',
  role: 'train',
  convention: 'x0 is the median and gamma the scale; there is no mean',
  parameters: {
    x0: real('median', 0),
    gamma: positiveParameter('half-width at half-maximum', 1),
  },
  grids: {
    train: { max_specs: 121, x0: evenly(-2, 2, 11), gamma: geometric(0.5, 2, 11) },
    test_unseen: { max_specs: 36, x0: evenly(2.5, 4, 6), gamma: geometric(2.25, 3.5, 6) },
    test_selected: [{ x0: 3.5, gamma: 3 }],
  },
  distribution({ x0, gamma }) {
    return {
      support: [-Infinity, Infinity],
      density(x) {
        const z = (x - x0) / gamma;
        return 1 / (Math.PI * gamma * (1 + z * z));
      },
      cdf: (x) => Math.atan2(gamma, x0 - x) / Math.PI,
      quantile(p) {
        if (p === 0.5) return x0;
        const z = p < 0.5 ? -1 / Math.tan(Math.PI * p) : 1 / Math.tan(Math.PI * (1 - p));
        return z * gamma + x0;
      },
      mean: NaN,
      variance: NaN,
    };
  },
});
