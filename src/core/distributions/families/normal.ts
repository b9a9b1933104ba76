// The Gaussian and two relatives in closed form: lognormal and Cauchy.
import { continuous } from '../continuous.ts';
import type { Distribution } from '../distribution.ts';
import { normalCdf, normalQuantile } from '../special-functions.ts';

const SQRT_TWO_PI = Math.sqrt(2 * Math.PI);

export function gaussian(parameters: { mu: number; sigma: number }): Distribution {
  const { mu, sigma } = parameters;
  return continuous('gaussian', parameters, {
    support: [-Infinity, Infinity],
    density(x) {
      const z = (x - mu) / sigma;
      return Math.exp(-0.5 * z * z) / (SQRT_TWO_PI * sigma);
    },
    cdf: (x) => normalCdf((x - mu) / sigma),
    quantile: (p) => normalQuantile(p) * sigma + mu,
    mean: mu,
    variance: sigma * sigma,
  });
}

export function lognormal(parameters: { mu: number; sigma: number }): Distribution {
  const { mu, sigma } = parameters;
  return continuous('lognormal', parameters, {
    support: [0, Infinity],
    density(x) {
      if (x === 0) return 0;
      const z = (Math.log(x) - mu) / sigma;
      return Math.exp(-0.5 * z * z) / (SQRT_TWO_PI * sigma * x);
    },
    cdf: (x) => normalCdf((Math.log(x) - mu) / sigma),
    quantile: (p) => Math.exp(normalQuantile(p) * sigma) * Math.exp(mu),
    mean: Math.exp(mu + 0.5 * sigma * sigma),
    variance: lognormalVariance(mu, sigma * sigma),
  });
}

/** (e^s - 1) e^(2 mu + s), s the variance of the logarithm, also where only one factor overflows. */
function lognormalVariance(mu: number, s: number): number {
  return Math.exp((s < 1e-17 ? Math.log(s) : Math.log(Math.expm1(s))) + 2 * mu + s);
}

export function cauchy(parameters: { x0: number; gamma: number }): Distribution {
  const { x0, gamma } = parameters;
  return continuous('cauchy', parameters, {
    support: [-Infinity, Infinity],
    density(x) {
      const z = (x - x0) / gamma;
      return 1 / (Math.PI * gamma * (1 + z * z));
    },
    cdf: (x) => Math.atan2(gamma, x0 - x) / Math.PI,
    quantile(p) {
      if (p === 0.5) return x0;
      const z = p < 0.5 ? -1 / Math.tan(Math.PI * p) : 1 / Math.tan(Math.PI * (1 - p));
      return z * gamma + x0;
    },
    mean: NaN,
    variance: NaN,
  });
}
