// The Pareto distribution.
import { defineFamily, positiveParameter } from '../family.ts';
import { geometric, values } from '../grids.ts';
import { powerLawMoments } from '../power-law.ts';

defineFamily({
  id: 'pareto',
  displayName: 'Pareto',
  tier: 'III',
  kind: 'continuous',
  role: 'train',
  convention: 'values start at xm; P(X > x) = (xm / x)^alpha',
  parameters: {
    alpha: positiveParameter('tail exponent', 3),
    xm: positiveParameter('minimum', 1),
  },
  grids: {
    train: {
      max_specs: 99,
      alpha: values(2, 2.25, 2.5, 2.75, 3, 3.5, 4, 4.5, 5),
      xm: geometric(0.5, 2, 11),
    },
    test_unseen: { max_specs: 30, alpha: values(5.5, 6, 6.5, 7, 8), xm: geometric(2.5, 4, 6) },
    test_selected: [{ alpha: 6.5, xm: 3.5 }],
  },
  distribution({ alpha, xm }) {
    const moments = powerLawMoments(alpha, xm);
    return {
      ...moments,
      mean: moments.mean + xm,
      support: [xm, Infinity],
      density: (x) => (alpha / x) * (xm / x) ** alpha,
      cdf: (x) => -Math.expm1(-alpha * Math.log1p((x - xm) / xm)),
      quantile: (p) => xm * Math.exp(-Math.log1p(-p) / alpha),
    };
  },
});
