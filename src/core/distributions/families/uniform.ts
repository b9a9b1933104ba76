// The uniform distribution.
import { defineFamily, real } from '../family.ts';
import { evenly } from '../grids.ts';

defineFamily({
  id: 'uniform',
  displayName: 'Uniform',
  tier: 'I',
  kind: 'continuous',
  role: 'train',
  convention: 'constant density between a and b',
  parameters: {
    a: real('lower end', 0),
    b: real('upper end', 1),
  },
  orderings: [['a', '<', 'b']],
  gridAxes: {
    names: ['a', 'width'],
    parameters: ({ a, width }) => ({ a, b: a + width }),
  },
  grids: {
    train: { max_specs: 121, a: evenly(-5, 2, 11), width: evenly(1, 5, 11) },
    test_unseen: { max_specs: 36, a: evenly(2.5, 4.5, 6), width: evenly(5.5, 8, 6) },
    test_selected: [{ a: 3.5, width: 7 }],
  },
  distribution({ a, b }) {
    const width = b - a;
    return {
      support: [a, b],
      density: () => 1 / width,
      cdf: (x) => (x - a) / width,
      quantile: (p) => p * width + a,
      mean: a + width / 2,
      variance: (width * width) / 12,
    };
  },
});
