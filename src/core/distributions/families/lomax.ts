// The lomax distribution.
import { defineFamily, positiveParameter } from '../family.ts';
import { geometric } from '../grids.ts';
import { powerLawMoments } from '../power-law.ts';

defineFamily({
  id: 'lomax',
  displayName: 'Lomax',
  tier: 'III',
  kind: 'continuous',
  role: 'train',
  convention: 'lambda is a scale; P(X > x) = (1 + x / lambda)^-alpha',
  parameters: {
    alpha: positiveParameter('tail exponent', 3),
    lambda: positiveParameter('scale', 1),
  },
  grids: {
    train: { max_specs: 121, alpha: geometric(1.5, 4, 11), lambda: geometric(0.5, 3, 11) },
    test_unseen: { max_specs: 36, alpha: geometric(4.5, 7, 6), lambda: geometric(3.5, 5, 6) },
    test_selected: [{ alpha: 6, lambda: 4.5 }],
  },
  distribution({ alpha, lambda: scale }) {
    return {
      ...powerLawMoments(alpha, scale),
      support: [0, Infinity],
      density: (x) => (alpha / scale) * Math.exp(-(alpha + 1) * Math.log1p(x / scale)),
      cdf: (x) => -Math.expm1(-alpha * Math.log1p(x / scale)),
      quantile: (p) => scale * Math.expm1(-Math.log1p(-p) / alpha),
    };
  },
});
