// Counts in independent trials: Bernoulli, binomial, geometric, negative binomial, Poisson.
import { discrete } from '../discrete.ts';
import type { Distribution } from '../distribution.ts';
import { betaLower, betaUpper } from '../incomplete-beta.ts';
import { gammaUpper } from '../incomplete-gamma.ts';
import { binomialMass, poissonMass } from '../saddle-point.ts';

export function bernoulli(parameters: { p: number }): Distribution {
  const { p } = parameters;
  return discrete('bernoulli', parameters, {
    support: [0, 1],
    mass: (k) => (k === 1 ? p : 1 - p),
    cdf: () => 1 - p,
    rounding: 0,
    mean: p,
    variance: p * (1 - p),
  });
}

export function binomial(parameters: { n: number; p: number }): Distribution {
  const { n, p } = parameters;
  return discrete('binomial', parameters, {
    support: [0, n],
    mass: (k) => binomialMass(k, n, p, 1 - p),
    cdf: (k) => betaUpper(p, k + 1, n - k),
    mean: n * p,
    variance: n * p * (1 - p),
  });
}

export function geometric(parameters: { p: number }): Distribution {
  const { p } = parameters;
  const logFailure = Math.log1p(-p);
  return discrete('geometric', parameters, {
    support: [1, Infinity],
    mass: (k) => (k === 1 ? p : p * Math.exp((k - 1) * logFailure)),
    cdf: (k) => -Math.expm1(k * logFailure),
    mean: 1 / p,
    variance: (1 - p) / (p * p),
  });
}

export function negativeBinomial(parameters: { r: number; p: number }): Distribution {
  const { r, p } = parameters;
  return discrete('negative_binomial', parameters, {
    support: [0, Infinity],
    mass: (k) => (r / (r + k)) * binomialMass(r, r + k, p, 1 - p),
    cdf: (k) => betaLower(p, r, k + 1),
    mean: (r * (1 - p)) / p,
    variance: (r * (1 - p)) / (p * p),
  });
}

export function poisson(parameters: { lambda: number }): Distribution {
  const { lambda } = parameters;
  return discrete('poisson', parameters, {
    support: [0, Infinity],
    mass: (k) => poissonMass(k, lambda),
    cdf: (k) => gammaUpper(k + 1, lambda),
    mean: lambda,
    variance: lambda,
  });
}
