// The gamma distribution.
import { defineFamily, positiveParameter, shape } from '../family.ts';
import { scaledGamma } from '../gamma-formulas.ts';
import { geometric } from '../grids.ts';

defineFamily({
  id: 'gamma',
  displayName: 'Gamma',
  tier: 'III',
  kind: 'continuous',
  role: 'train',
  convention: 'beta is a scale, not a rate: the mean is alpha * beta',
  parameters: {
    alpha: shape('shape', 2),
    beta: positiveParameter('scale', 1),
  },
  grids: {
    train: { max_specs: 121, alpha: geometric(1, 5, 11), beta: geometric(1, 5, 11) },
    test_unseen: { max_specs: 36, alpha: geometric(5.5, 8, 6), beta: geometric(5.5, 8, 6) },
    test_selected: [{ alpha: 7, beta: 7 }],
  },
  distribution({ alpha, beta }) {
    return scaledGamma(alpha, beta);
  },
});
