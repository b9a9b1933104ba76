// The hypergeometric distribution.
import { roundHalfEven } from '../../prompts/python-float.ts';
import { countParameter, defineFamily, positiveCount } from '../family.ts';
import { values } from '../grids.ts';
import { checkTableSize, massTable } from '../mass-table.ts';

defineFamily({
  id: 'hypergeometric',
  displayName: 'Hypergeometric',
  tier: 'III',
  kind: 'discrete',
  role: 'train',
  convention: 'successes among N draws without replacement',
  parameters: {
    M: positiveCount('size of the population', 50),
    K: countParameter('successes in the population', 20),
    N: countParameter('number of draws', 10),
  },
  orderings: [
    ['K', '<=', 'M'],
    ['N', '<=', 'M'],
  ],
  gridAxes: {
    names: ['M', 'N', 'success_fraction'],
    parameters: ({ M, N, success_fraction }) => {
      const population = roundHalfEven(M);
      const successes = roundHalfEven(population * success_fraction);
      return {
        M: population,
        K: Math.min(population, Math.max(0, successes)),
        N: Math.min(population, roundHalfEven(N)),
      };
    },
  },
  grids: {
    train: {
      max_specs: 45,
      M: values(30, 50, 80),
      N: values(5, 10, 15),
      success_fraction: values(0.2, 0.35, 0.5, 0.65, 0.8),
    },
    test_unseen: {
      max_specs: 12,
      M: values(100, 120),
      N: values(20, 25),
      success_fraction: values(0.2, 0.5, 0.8),
    },
    test_selected: [{ M: 100, N: 20, success_fraction: 0.5 }],
  },
  distribution({ M, K, N }) {
    const low = Math.max(0, N + K - M);
    const high = Math.min(K, N);
    checkTableSize('hypergeometric', 'N', high - low);
    const mode = Math.floor(((N + 1) * (K + 1)) / (M + 2));
    const ratio = (k: number) => ((K - k) / (k + 1)) * ((N - k) / (M - K - N + k + 1));
    const share = K / M;
    return {
      support: [low, high],
      ...massTable(low, high, mode, ratio),
      mean: N * share,
      variance: M > 1 ? (N * share * (1 - share) * (M - N)) / (M - 1) : 0,
    };
  },
});
