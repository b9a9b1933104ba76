// The negative binomial distribution.
import { defineFamily, positiveCount, positiveProbability } from '../family.ts';
import { values } from '../grids.ts';
import { betaLower } from '../incomplete-beta.ts';
import { binomialMass } from '../saddle-point.ts';

defineFamily({
  id: 'negative_binomial',
  displayName: 'Negative Binomial',
  tier: 'II',
  kind: 'discrete',
  role: 'train',
  convention: 'failures before the r-th success',
  parameters: {
    r: positiveCount('number of successes', 5),
    p: positiveProbability('success probability', 0.5),
  },
  grids: {
    train: {
      max_specs: 44,
      r: values(3, 5, 8, 12),
      p: values(0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8),
    },
    test_unseen: { max_specs: 12, r: values(15, 20), p: values(0.1, 0.15, 0.2, 0.8, 0.85, 0.9) },
    test_selected: [{ r: 15, p: 0.15 }],
  },
  distribution({ r, p }) {
    return {
      support: [0, Infinity],
      mass: (k) => (r / (r + k)) * binomialMass(r, r + k, p, 1 - p),
      cdf: (k) => betaLower(p, r, k + 1),
      mean: (r * (1 - p)) / p,
      variance: (r * (1 - p)) / (p * p),
    };
  },
});
