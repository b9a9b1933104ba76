// Counts in dependent trials: hypergeometric and beta-binomial.
import { discrete } from '../discrete.ts';
import type { Distribution } from '../distribution.ts';
import { checkTableSize, massTable } from '../mass-table.ts';

export function hypergeometric(parameters: { M: number; K: number; N: number }): Distribution {
  const { M, K, N } = parameters;
  const low = Math.max(0, N + K - M);
  const high = Math.min(K, N);
  checkTableSize('hypergeometric', 'N', high - low);
  const mode = Math.floor(((N + 1) * (K + 1)) / (M + 2));
  const ratio = (k: number) => ((K - k) / (k + 1)) * ((N - k) / (M - K - N + k + 1));
  const share = K / M;
  return discrete('hypergeometric', parameters, {
    support: [low, high],
    ...massTable(low, high, mode, ratio),
    mean: N * share,
    variance: M > 1 ? (N * share * (1 - share) * (M - N)) / (M - 1) : 0,
  });
}

export function betaBinomial(parameters: { n: number; alpha: number; beta: number }): Distribution {
  const { n, alpha, beta } = parameters;
  checkTableSize('beta_binomial', 'n', n);
  const size = alpha + beta;
  const ratio = (k: number) => ((n - k) / (k + 1)) * ((k + alpha) / (n - k - 1 + beta));
  const mean = n * (alpha / size);
  const mode = alpha > 1 && beta > 1 ? (n + 1) * ((alpha - 1) / (size - 2)) : mean;
  return discrete('beta_binomial', parameters, {
    support: [0, n],
    ...massTable(0, n, Math.floor(mode), ratio),
    mean,
    variance: (mean * (beta / size) * (size + n)) / (size + 1),
  });
}
