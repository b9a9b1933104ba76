// The f distribution.
import { defineFamily, shape } from '../family.ts';
import { values } from '../grids.ts';
import { betaDensity, betaLower, betaLowerInverse } from '../incomplete-beta.ts';

defineFamily({
  id: 'f_distribution',
  displayName: 'F-Distribution',
  tier: 'III',
  kind: 'continuous',
  role: 'train',
  convention: 'ratio of two chi-squares, each over its degrees of freedom',
  parameters: {
    d1: shape('degrees of freedom of the numerator', 5),
    d2: shape('degrees of freedom of the denominator', 10),
  },
  grids: {
    train: { max_specs: 16, d1: values(3, 5, 7, 10), d2: values(5, 10, 15, 20) },
    test_unseen: { max_specs: 4, d1: values(12, 15), d2: values(24, 30) },
    test_selected: [{ d1: 12, d2: 24 }],
  },
  distribution({ d1, d2 }) {
    const a = d1 / 2;
    const b = d2 / 2;
    const mean = d2 > 2 ? d2 / (d2 - 2) : Infinity;
    const atZero = d1 < 2 ? Infinity : d1 > 2 ? 0 : 1;
    return {
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
    };
  },
});
