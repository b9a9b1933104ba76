// The beta-binomial distribution.
import { countParameter, defineFamily, shape } from '../family.ts';
import { geometric, values } from '../grids.ts';
import { checkTableSize, massTable } from '../mass-table.ts';

defineFamily({
  id: 'beta_binomial',
  displayName: 'Beta-Binomial',
  tier: 'III',
  kind: 'discrete',
  role: 'train',
  convention: 'binomial whose success probability is Beta(alpha, beta)',
  parameters: {
    n: countParameter('number of trials', 20),
    alpha: shape('first shape', 2),
    beta: shape('second shape', 3),
  },
  grids: {
    train: {
      max_specs: 75,
      n: values(10, 20, 30),
      alpha: geometric(0.5, 5, 5),
      beta: geometric(0.5, 5, 5),
    },
    test_unseen: {
      max_specs: 18,
      n: values(40, 50),
      alpha: geometric(5.5, 8, 3),
      beta: geometric(5.5, 8, 3),
    },
    test_selected: [{ n: 40, alpha: 6.5, beta: 6.5 }],
  },
  distribution({ n, alpha, beta }) {
    checkTableSize('beta_binomial', 'n', n);
    const size = alpha + beta;
    const ratio = (k: number) => ((n - k) / (k + 1)) * ((k + alpha) / (n - k - 1 + beta));
    const mean = n * (alpha / size);
    const mode = alpha > 1 && beta > 1 ? (n + 1) * ((alpha - 1) / (size - 2)) : mean;
    return {
      support: [0, n],
      ...massTable(0, n, Math.floor(mode), ratio),
      mean,
      variance: (mean * (beta / size) * (size + n)) / (size + 1),
    };
  },
});
