// The Bernoulli distribution.
import { defineFamily, probability } from '../family.ts';
import { values } from '../grids.ts';

defineFamily({
  id: 'bernoulli',
  displayName: 'Bernoulli',
  tier: 'I',
  kind: 'discrete',
  role: 'held_out',
  convention: '1 with probability p, else 0',
  parameters: {
    p: probability('probability of 1', 0.3),
  },
  grids: {
    ood: { max_specs: 5, p: values(0.1, 0.3, 0.5, 0.7, 0.9) },
    ood_selected: [{ p: 0.1 }, { p: 0.5 }, { p: 0.9 }],
  },
  distribution({ p }) {
    return {
      support: [0, 1],
      mass: (k) => (k === 1 ? p : 1 - p),
      cdf: () => 1 - p,
      rounding: 0,
      mean: p,
      variance: p * (1 - p),
    };
  },
});
