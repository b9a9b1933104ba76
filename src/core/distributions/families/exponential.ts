// The exponential distribution and its powers: Weibull and Rayleigh.
import { continuous } from '../continuous.ts';
import type { Distribution } from '../distribution.ts';
import { logGamma } from '../special-functions.ts';

export function exponential(parameters: { lambda: number }): Distribution {
  const rate = parameters.lambda;
  return continuous('exponential', parameters, {
    support: [0, Infinity],
    density: (x) => rate * Math.exp(-rate * x),
    cdf: (x) => -Math.expm1(-rate * x),
    quantile: (p) => -Math.log1p(-p) / rate,
    mean: 1 / rate,
    variance: 1 / (rate * rate),
  });
}

export function weibull(parameters: { k: number; lambda: number }): Distribution {
  const { k, lambda: scale } = parameters;
  const logMean = logGamma(1 + 1 / k);
  const logSecondMoment = logGamma(1 + 2 / k);
  const mean = scale * Math.exp(logMean);
  return continuous('weibull', parameters, {
    support: [0, Infinity],
    density(x) {
      const z = x / scale;
      return ((k * z ** (k - 1)) / scale) * Math.exp(-(z ** k));
    },
    cdf: (x) => -Math.expm1(-((x / scale) ** k)),
    quantile: (p) => scale * (-Math.log1p(-p)) ** (1 / k),
    mean,
    variance:
      mean === Infinity ? Infinity : mean * mean * Math.expm1(logSecondMoment - 2 * logMean),
  });
}

export function rayleigh(parameters: { sigma: number }): Distribution {
  const { sigma } = parameters;
  return continuous('rayleigh', parameters, {
    support: [0, Infinity],
    density(x) {
      const z = x / sigma;
      return (z / sigma) * Math.exp(-0.5 * z * z);
    },
    cdf(x) {
      const z = x / sigma;
      return -Math.expm1(-0.5 * z * z);
    },
    quantile: (p) => Math.sqrt(-2 * Math.log1p(-p)) * sigma,
    mean: sigma * Math.sqrt(Math.PI / 2),
    variance: sigma * sigma * (2 - Math.PI / 2),
  });
}
