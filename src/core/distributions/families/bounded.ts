// Families on a bounded interval: uniform, triangular, beta.
import { continuous } from '../continuous.ts';
import type { Distribution } from '../distribution.ts';
import { betaDensity, betaLower, betaLowerInverse, betaUpper } from '../incomplete-beta.ts';

export function uniform(parameters: { a: number; b: number }): Distribution {
  const { a, b } = parameters;
  const width = b - a;
  return continuous('uniform', parameters, {
    support: [a, b],
    density: () => 1 / width,
    cdf: (x) => (x - a) / width,
    quantile: (p) => p * width + a,
    mean: a + width / 2,
    variance: (width * width) / 12,
  });
}

/** Worked out on the unit interval with its mode at (c - a) / (b - a), as the reference does. */
export function triangular(parameters: { a: number; c: number; b: number }): Distribution {
  const { a, c, b } = parameters;
  const width = b - a;
  const mode = (c - a) / width;
  return continuous('triangular', parameters, {
    support: [a, b],
    density(x) {
      const z = (x - a) / width;
      const height = z < mode ? z / mode : z > mode ? (1 - z) / (1 - mode) : 1;
      return (2 * height) / width;
    },
    cdf(x) {
      const z = (x - a) / width;
      return z < mode ? (z * z) / mode : mode + ((z - mode) * (2 - z - mode)) / (1 - mode);
    },
    quantile(p) {
      const z = p < mode ? Math.sqrt(mode * p) : 1 - Math.sqrt((1 - mode) * (1 - p));
      return z * width + a;
    },
    mean: (a + b + c) / 3,
    variance: (width * width * (1 - mode + mode * mode)) / 18,
  });
}

export function beta(parameters: { alpha: number; beta: number }): Distribution {
  const { alpha, beta: second } = parameters;
  const mean = alpha / (alpha + second);
  // Limit of the density at an end of the interval, by the shape that governs it.
  const atEnd = (shape: number, other: number) => (shape < 1 ? Infinity : shape > 1 ? 0 : other);
  return continuous('beta', parameters, {
    support: [0, 1],
    density(x) {
      if (x === 0) return atEnd(alpha, second);
      if (x === 1) return atEnd(second, alpha);
      return betaDensity(x, 1 - x, alpha, second);
    },
    cdf: (x) => (x < mean ? betaLower(x, alpha, second) : 1 - betaUpper(x, alpha, second)),
    quantile: (p) => betaLowerInverse(p, alpha, second).x,
    mean,
    variance: (mean * (second / (alpha + second))) / (alpha + second + 1),
  });
}
