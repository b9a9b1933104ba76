// Location-scale families with exponential tails: Laplace, logistic, Gumbel.
import { continuous } from '../continuous.ts';
import type { Distribution } from '../distribution.ts';

const EULER_GAMMA = 0.5772156649015329;

export function laplace(parameters: { mu: number; b: number }): Distribution {
  const { mu, b } = parameters;
  return continuous('laplace', parameters, {
    support: [-Infinity, Infinity],
    density: (x) => (0.5 * Math.exp(-Math.abs(x - mu) / b)) / b,
    cdf(x) {
      const z = (x - mu) / b;
      return z < 0 ? 0.5 * Math.exp(z) : 1 - 0.5 * Math.exp(-z);
    },
    quantile: (p) => (p < 0.5 ? Math.log(2 * p) : -Math.log(2 * (1 - p))) * b + mu,
    mean: mu,
    variance: 2 * b * b,
  });
}

export function logistic(parameters: { mu: number; s: number }): Distribution {
  const { mu, s } = parameters;
  return continuous('logistic', parameters, {
    support: [-Infinity, Infinity],
    density(x) {
      const e = Math.exp(-Math.abs(x - mu) / s);
      return e / (s * (1 + e) ** 2);
    },
    cdf(x) {
      const z = (x - mu) / s;
      if (z >= 0) return 1 / (1 + Math.exp(-z));
      const e = Math.exp(z);
      return e / (1 + e);
    },
    quantile: (p) => (Math.log(p) - Math.log1p(-p)) * s + mu,
    mean: mu,
    variance: (Math.PI * s) ** 2 / 3,
  });
}

export function gumbel(parameters: { mu: number; beta: number }): Distribution {
  const { mu, beta } = parameters;
  return continuous('gumbel', parameters, {
    support: [-Infinity, Infinity],
    density(x) {
      const z = (x - mu) / beta;
      return Math.exp(-z - Math.exp(-z)) / beta;
    },
    cdf: (x) => Math.exp(-Math.exp(-(x - mu) / beta)),
    quantile: (p) => -Math.log(-Math.log(p)) * beta + mu,
    mean: mu + EULER_GAMMA * beta,
    variance: (Math.PI * beta) ** 2 / 6,
  });
}
