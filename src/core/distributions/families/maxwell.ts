// The Maxwell distribution.
import { defineFamily, positiveParameter } from '../family.ts';
import { rootOfGamma } from '../gamma-formulas.ts';
import { values } from '../grids.ts';

defineFamily({
  id: 'maxwell',
  displayName: 'Maxwell',
  tier: 'II',
  kind: 'continuous',
  role: 'held_out',
  convention: 'length of a vector in space whose three coordinates are Gaussian(0, scale)',
  parameters: {
    scale: positiveParameter('scale', 1),
  },
  grids: {
    ood: { max_specs: 9, scale: values(0.75, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5) },
    ood_selected: [{ scale: 0.75 }, { scale: 1.5 }, { scale: 2.5 }],
  },
  distribution({ scale }) {
    const mean = 2 * scale * Math.sqrt(2 / Math.PI);
    const variance = scale * scale * (3 - 8 / Math.PI);
    return rootOfGamma(3, scale, mean, variance);
  },
});
