// The Poisson distribution.
import { defineFamily, meanParameter } from '../family.ts';
import { geometric } from '../grids.ts';
import { gammaUpper } from '../incomplete-gamma.ts';
import { poissonMass } from '../saddle-point.ts';

defineFamily({
  id: 'poisson',
  displayName: 'Poisson',
  tier: 'II',
  kind: 'discrete',
  role: 'held_out',
  convention: 'lambda is the mean',
  parameters: {
    lambda: meanParameter('mean', 4),
  },
  grids: {
    ood: { max_specs: 17, lambda: geometric(1, 12, 17) },
    ood_selected: [{ lambda: 1 }, { lambda: 4 }, { lambda: 12 }],
  },
  distribution({ lambda }) {
    return {
      support: [0, Infinity],
      mass: (k) => poissonMass(k, lambda),
      cdf: (k) => gammaUpper(k + 1, lambda),
      mean: lambda,
      variance: lambda,
    };
  },
});
