// The Rayleigh distribution.
import { defineFamily, positiveParameter } from '../family.ts';
import { geometric } from '../grids.ts';

defineFamily({
  id: 'rayleigh',
  displayName: 'Rayleigh',
  tier: 'II',
  kind: 'continuous',
  role: 'train',
  convention: 'length of a plane vector whose two coordinates are Gaussian(0, sigma)',
  parameters: {
    sigma: positiveParameter('scale', 1),
  },
  grids: {
    train: { max_specs: 25, sigma: geometric(0.5, 2, 25) },
    test_unseen: { max_specs: 12, sigma: geometric(2.25, 3.5, 12) },
    test_selected: [{ sigma: 3 }],
  },
  distribution({ sigma }) {
    return {
      support: [0, Infinity],
      density(x) {
        const z = x / sigma;
        return (z / sigma) * Math.exp(-0.5 * z * z);
      },
      cdf(x) {
        const z = x / sigma;
        return -Math.expm1(-0.5 * z * z);
      },
      quantile: (p) => Math.sqrt(-2 * Math.log1p(-p)) * sigma,
      mean: sigma * Math.sqrt(Math.PI / 2),
      variance: sigma * sigma * (2 - Math.PI / 2),
    };
  },
});
