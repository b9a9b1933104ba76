// The chi distribution.
import { defineFamily, shape } from '../family.ts';
import { rootOfGamma } from '../gamma-formulas.ts';
import { values } from '../grids.ts';
import { logGammaStep } from '../log-gamma-step.ts';

defineFamily({
  id: 'chi',
  displayName: 'Chi',
  tier: 'III',
  kind: 'continuous',
  role: 'held_out',
  convention: 'square root of a chi-square',
  parameters: {
    df: shape('degrees of freedom', 3),
  },
  grids: {
    ood: { max_specs: 9, df: values(1.5, 2, 3, 4, 5, 7, 10, 14, 20) },
    ood_selected: [{ df: 2 }, { df: 5 }, { df: 10 }],
  },
  distribution({ df }) {
    const mean = Math.SQRT2 * Math.exp(logGammaStep(df / 2, 0.5));
    return rootOfGamma(df, 1, mean, df - mean * mean);
  },
});
