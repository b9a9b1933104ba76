// The binomial distribution.
import { countParameter, defineFamily, probability } from '../family.ts';
import { values } from '../grids.ts';
import { betaUpper } from '../incomplete-beta.ts';
import { binomialMass } from '../saddle-point.ts';

defineFamily({
  id: 'binomial',
  displayName: 'Binomial',
  tier: 'II',
  kind: 'discrete',
  role: 'train',
  convention: 'successes in n trials',
  parameters: {
    n: countParameter('number of trials', 10),
    p: probability('success probability', 0.5),
  },
  grids: {
    train: {
      max_specs: 44,
      n: values(5, 10, 15, 20),
      p: values(0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8),
    },
    test_unseen: { max_specs: 10, n: values(25, 30), p: values(0.25, 0.4, 0.5, 0.6, 0.75) },
    test_selected: [{ n: 25, p: 0.5 }],
  },
  distribution({ n, p }) {
    return {
      support: [0, n],
      mass: (k) => binomialMass(k, n, p, 1 - p),
      cdf: (k) => betaUpper(p, k + 1, n - k),
      mean: n * p,
      variance: n * p * (1 - p),
    };
  },
});
