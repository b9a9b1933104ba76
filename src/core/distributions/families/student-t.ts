// The Student's t distribution.
import { defineFamily, shape } from '../family.ts';
import { values } from '../grids.ts';
import { betaLower, betaLowerInverse, betaUpper } from '../incomplete-beta.ts';
import { logGammaStep } from '../log-gamma-step.ts';

defineFamily({
  id: 'student_t',
  displayName: "Student's t",
  tier: 'III',
  kind: 'continuous',
  role: 'train',
  convention: 'standard form: median 0, scale 1',
  parameters: {
    nu: shape('degrees of freedom', 5),
  },
  grids: {
    train: { max_specs: 12, nu: values(2.5, 2.75, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10) },
    test_unseen: { max_specs: 6, nu: values(10.5, 12, 14, 16, 18, 20) },
    test_selected: [{ nu: 16 }],
  },
  distribution({ nu }) {
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
    return {
      support: [-Infinity, Infinity],
      density: (t) => peak * Math.exp(-(half + 0.5) * Math.log1p((t * t) / nu)),
      cdf: (t) => (t < 0 ? lowerTail(t) : 1 - lowerTail(-t)),
      quantile(p) {
        if (p === 0.5) return 0;
        return p < 0.5 ? lowerQuantile(p) : -lowerQuantile(1 - p);
      },
      mean: nu > 1 ? 0 : NaN,
      variance: nu > 2 ? nu / (nu - 2) : nu > 1 ? Infinity : NaN,
    };
  },
});
