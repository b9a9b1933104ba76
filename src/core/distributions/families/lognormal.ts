// The lognormal distribution.
import { defineFamily, positiveParameter, real } from '../family.ts';
import { geometric, evenly } from '../grids.ts';
import { SQRT_TWO_PI, normalCdf, normalQuantile } from '../special-functions.ts';

defineFamily({
  id: 'lognormal',
  displayName: 'LogNormal',
  tier: 'II',
  kind: 'continuous',
  role: 'train',
  convention: 'mu and sigma belong to the natural logarithm of the value',
  parameters: {
    mu: real('mean of the logarithm', 0),
    sigma: positiveParameter('standard deviation of the logarithm', 0.5),
  },
  grids: {
    train: { max_specs: 121, mu: evenly(-1, 1.5, 11), sigma: geometric(0.25, 1.25, 11) },
    test_unseen: { max_specs: 36, mu: evenly(1.75, 3, 6), sigma: geometric(1.5, 2.25, 6) },
    test_selected: [{ mu: 2.5, sigma: 2 }],
  },
  distribution({ mu, sigma }) {
    return {
      support: [0, Infinity],
      density(x) {
        if (x === 0) return 0;
        const z = (Math.log(x) - mu) / sigma;
        return Math.exp(-0.5 * z * z) / (SQRT_TWO_PI * sigma * x);
      },
      cdf: (x) => normalCdf((Math.log(x) - mu) / sigma),
      quantile(p) {
        const exponent = normalQuantile(p) * sigma;
        const product = Math.exp(exponent) * Math.exp(mu);
        // Where one factor overflows or underflows the other may make up for it.
        return product > 0 && product < Infinity ? product : Math.exp(exponent + mu);
      },
      mean: Math.exp(mu + 0.5 * sigma * sigma),
      variance: lognormalVariance(mu, sigma * sigma),
    };
  },
});

/** (e^s - 1) e^(2 mu + s), s the variance of the logarithm, also where only one factor overflows. */
function lognormalVariance(mu: number, s: number): number {
  return Math.exp((s < 1e-17 ? Math.log(s) : Math.log(Math.expm1(s))) + 2 * mu + s);
}
