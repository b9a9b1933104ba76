// The Weibull distribution.
import { defineFamily, positiveParameter } from '../family.ts';
import { geometric } from '../grids.ts';
import { logGamma } from '../special-functions.ts';

defineFamily({
  id: 'weibull',
  displayName: 'Weibull',
  tier: 'III',
  kind: 'continuous',
  role: 'held_out',
  convention: 'lambda is a scale',
  parameters: {
    k: positiveParameter('shape', 1.5),
    lambda: positiveParameter('scale', 1),
  },
  grids: {
    ood: { max_specs: 36, k: geometric(0.5, 3, 6), lambda: geometric(0.5, 3, 6) },
    ood_selected: [
      { k: 0.5, lambda: 0.5 },
      { k: 1.5, lambda: 1.5 },
      { k: 3, lambda: 3 },
    ],
  },
  distribution({ k, lambda: scale }) {
    const logMean = logGamma(1 + 1 / k);
    const logSecondMoment = logGamma(1 + 2 / k);
    const mean = scale * Math.exp(logMean);
    return {
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
    };
  },
});
