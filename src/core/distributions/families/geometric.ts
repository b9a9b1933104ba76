// The geometric distribution.
import { defineFamily, positiveProbability } from '../family.ts';
import { values } from '../grids.ts';

defineFamily({
  id: 'geometric',
  displayName: 'Geometric',
  tier: 'II',
  kind: 'discrete',
  role: 'train',
  convention: 'trials up to and including the first success: the support starts at 1',
  parameters: {
    p: positiveProbability('success probability', 0.3),
  },
  grids: {
    train: {
      max_specs: 13,
      p: values(0.2, 0.225, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.65, 0.7, 0.75, 0.775, 0.8),
    },
    test_unseen: {
      max_specs: 10,
      p: values(0.05, 0.075, 0.1, 0.125, 0.15, 0.85, 0.875, 0.9, 0.925, 0.95),
    },
    test_selected: [{ p: 0.125 }],
  },
  distribution({ p }) {
    const logFailure = Math.log1p(-p);
    return {
      support: [1, Infinity],
      mass: (k) => (k === 1 ? p : p * Math.exp((k - 1) * logFailure)),
      cdf: (k) => -Math.expm1(k * logFailure),
      mean: 1 / p,
      variance: (1 - p) / (p * p),
    };
  },
});
