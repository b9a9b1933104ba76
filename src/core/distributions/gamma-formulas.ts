// The formulas of the gamma distribution, and of lengths of Gaussian vectors that are its roots.
import type { ContinuousFormulas } from './continuous.ts';
import { gammaLower, gammaLowerGuess, gammaUpper } from './incomplete-gamma.ts';
import { invertCdf } from './inversion.ts';
import { logGammaStep } from './log-gamma-step.ts';
import { poissonMass } from './saddle-point.ts';

/** The gamma distribution with scale 1. */
function standardGamma(shape: number) {
  const density = (x: number): number => {
    if (x === 0) return shape < 1 ? Infinity : shape > 1 ? 0 : 1;
    return (poissonMass(shape, x) * shape) / x;
  };
  const cdf = (x: number) => (x < shape ? gammaLower(shape, x) : 1 - gammaUpper(shape, x));
  const inversion = { cdf, density, support: [0, Infinity] } as const;
  /** scale * x^power for the quantile x, also where x itself underflows. */
  const quantile = (p: number, scale: number, power = 1) => {
    // The leading term of P(shape, x), x^shape / Gamma(shape + 1), is all of it where x is tiny.
    const log = (Math.log(p) + logGammaStep(1, shape)) / shape;
    if (log < -40) return Math.exp(log * power + Math.log(scale));
    return scale * invertCdf(inversion, p, gammaLowerGuess(shape, p)) ** power;
  };
  return { density, cdf, quantile };
}

/** The gamma distribution. */
export function scaledGamma(shape: number, scale: number): ContinuousFormulas {
  const { density, cdf, quantile } = standardGamma(shape);
  return {
    support: [0, Infinity],
    density: (x) => density(x / scale) / scale,
    cdf: (x) => cdf(x / scale),
    quantile: (p) => quantile(p, scale),
    mean: shape * scale,
    variance: shape * scale * scale,
  };
}

/** Length of a vector of `dimensions` coordinates that are Gaussian(0, scale). */
export function rootOfGamma(
  dimensions: number,
  scale: number,
  mean: number,
  variance: number,
): ContinuousFormulas {
  const { density, cdf, quantile } = standardGamma(dimensions / 2);
  const atZero = dimensions < 1 ? Infinity : dimensions > 1 ? 0 : Math.sqrt(2 / Math.PI) / scale;
  return {
    support: [0, Infinity],
    density(x) {
      if (x === 0) return atZero;
      const z = x / scale;
      return (density(0.5 * z * z) * z) / scale;
    },
    cdf(x) {
      const z = x / scale;
      return cdf(0.5 * z * z);
    },
    quantile: (p) => quantile(p, Math.SQRT2 * scale, 0.5),
    mean,
    variance,
  };
}
