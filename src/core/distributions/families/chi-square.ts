// The chi-square distribution.
import { defineFamily, shape } from '../family.ts';
import { scaledGamma } from '../gamma-formulas.ts';
import { values } from '../grids.ts';

defineFamily({
  id: 'chi_square',
  displayName: 'Chi-Square',
  tier: 'III',
  kind: 'continuous',
  role: 'train',
  convention: 'the mean is nu',
  parameters: {
    nu: shape('degrees of freedom', 4),
  },
  grids: {
    train: { max_specs: 13, nu: values(2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 18, 20) },
    test_unseen: { max_specs: 6, nu: values(21, 24, 28, 32, 36, 40) },
    test_selected: [{ nu: 32 }],
  },
  distribution({ nu }) {
    return scaledGamma(nu / 2, 2);
  },
});
