// The beta distribution.
import { defineFamily, shape } from '../family.ts';
import { geometric } from '../grids.ts';
import { betaDensity, betaLower, betaLowerInverse, betaUpper } from '../incomplete-beta.ts';

defineFamily({
  id: 'beta',
  displayName: 'Beta',
  tier: 'II',
  kind: 'continuous',
  role: 'train',
  convention: 'both parameters are shapes; the mean is alpha / (alpha + beta)',
  parameters: {
    alpha: shape('first shape', 2),
    beta: shape('second shape', 3),
  },
  grids: {
    train: { max_specs: 121, alpha: geometric(0.5, 5, 11), beta: geometric(0.5, 5, 11) },
    test_unseen: { max_specs: 36, alpha: geometric(5.5, 8, 6), beta: geometric(5.5, 8, 6) },
    test_selected: [{ alpha: 7, beta: 7 }],
  },
  distribution({ alpha, beta: second }) {
    const mean = alpha / (alpha + second);
    // Limit of the density at an end of the interval, by the shape that governs it.
    const atEnd = (shape: number, other: number) => (shape < 1 ? Infinity : shape > 1 ? 0 : other);
    return {
      support: [0, 1],
      density(x) {
        if (x === 0) return atEnd(alpha, second);
        if (x === 1) return atEnd(second, alpha);
        return betaDensity(x, 1 - x, alpha, second);
      },
      cdf: (x) => (x < mean ? betaLower(x, alpha, second) : 1 - betaUpper(x, alpha, second)),
      quantile: (p) => betaLowerInverse(p, alpha, second).x,
      mean,
      variance: (mean * (second / (alpha + second))) / (alpha + second + 1),
    };
  },
});
