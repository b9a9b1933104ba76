// Sampling distributions of ratios: Student's t and F.
import { continuous } from '../continuous.ts';
import type { Distribution } from '../distribution.ts';
import { betaDensity, betaLower, betaLowerInverse, betaUpper } from '../incomplete-beta.ts';
import { logGammaStep } from '../log-gamma-step.ts';

export function studentT(parameters: { nu: number }): Distribution {
  const { nu } = parameters;
  const half = nu / 2;
  const peak = Math.exp(logGammaStep(half, 0.5)) / Math.sqrt(Math.PI * nu);
  // P(T <= t) for t < 0: through nu / (nu + t^2) in the tail, through its complement near 0.
  const lowerTail = (t: number): number => {
    const square = t * t;
    if (square === Infinity) return 0.5 * betaLower(nu / t / t, half, 0.5);
    return square > nu
      ? 0.5 * betaLower(nu / (nu + square), half, 0.5)
      : 0.5 * betaUpper(square / (nu + square), 0.5, half);
  };
  const lowerQuantile = (p: number): number => {
    const { x, complement, logX } = betaLowerInverse(2 * p, half, 0.5);
    return x > 1e-290
      ? -Math.sqrt((nu * complement) / x)
      : -Math.sqrt(nu * complement) * Math.exp(-0.5 * logX);
  };
  return continuous('student_t', parameters, {
    support: [-Infinity, Infinity],
    density: (t) => peak * Math.exp(-(half + 0.5) * Math.log1p((t * t) / nu)),
    cdf: (t) => (t < 0 ? lowerTail(t) : 1 - lowerTail(-t)),
    quantile(p) {
      if (p === 0.5) return 0;
      return p < 0.5 ? lowerQuantile(p) : -lowerQuantile(1 - p);
    },
    mean: nu > 1 ? 0 : NaN,
    variance: nu > 2 ? nu / (nu - 2) : nu > 1 ? Infinity : NaN,
  });
}

export function fDistribution(parameters: { d1: number; d2: number }): Distribution {
  const { d1, d2 } = parameters;
  const a = d1 / 2;
  const b = d2 / 2;
  const mean = d2 > 2 ? d2 / (d2 - 2) : Infinity;
  const atZero = d1 < 2 ? Infinity : d1 > 2 ? 0 : 1;
  return continuous('f_distribution', parameters, {
    support: [0, Infinity],
    density(x) {
      if (x === 0) return atZero;
      const whole = d1 * x + d2;
      const share = (d1 * x) / whole;
      const rest = d2 / whole;
      return (betaDensity(share, rest, a, b) * share * rest) / x;
    },
    cdf(x) {
      const whole = d1 * x + d2;
      return x < 1 ? betaLower((d1 * x) / whole, a, b) : 1 - betaLower(d2 / whole, b, a);
    },
    quantile(p) {
      const { x, complement, logX, logComplement } = betaLowerInverse(p, a, b);
      return x > 1e-290 && complement > 1e-290
        ? (d2 / d1) * (x / complement)
        : Math.exp(Math.log(d2 / d1) + logX - logComplement);
    },
    mean,
    variance: d2 > 4 ? (2 * mean * mean * (d1 + d2 - 2)) / (d1 * (d2 - 4)) : Infinity,
  });
}
