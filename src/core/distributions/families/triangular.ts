// The triangular distribution.
import { defineFamily, real } from '../family.ts';
import { evenly, values } from '../grids.ts';

defineFamily({
  id: 'triangular',
  displayName: 'Triangular',
  tier: 'II',
  kind: 'continuous',
  role: 'train',
  convention: 'from a to b with its peak at c',
  parameters: {
    a: real('lower end', 0),
    c: real('most likely value', 0.5),
    b: real('upper end', 1),
  },
  orderings: [
    ['a', '<', 'b'],
    ['a', '<=', 'c'],
    ['c', '<=', 'b'],
  ],
  gridAxes: {
    names: ['a', 'width', 'mode_fraction'],
    parameters: ({ a, width, mode_fraction }) => ({
      a,
      c: a + width * mode_fraction,
      b: a + width,
    }),
  },
  grids: {
    train: {
      max_specs: 125,
      a: evenly(-3, 1, 5),
      width: evenly(1, 5, 5),
      mode_fraction: values(0.1, 0.3, 0.5, 0.7, 0.9),
    },
    test_unseen: {
      max_specs: 27,
      a: evenly(1.5, 3.5, 3),
      width: evenly(5.5, 8, 3),
      mode_fraction: values(0.1, 0.5, 0.9),
    },
    test_selected: [{ a: 2.5, width: 7, mode_fraction: 0.5 }],
  },
  /** Worked out on the unit interval with its mode at (c - a) / (b - a), as the reference does. */
  distribution({ a, c, b }) {
    const width = b - a;
    const mode = (c - a) / width;
    return {
      support: [a, b],
      density(x) {
        const z = (x - a) / width;
        const height = z < mode ? z / mode : z > mode ? (1 - z) / (1 - mode) : 1;
        return (2 * height) / width;
      },
      cdf(x) {
        const z = (x - a) / width;
        return z < mode ? (z * z) / mode : mode + ((z - mode) * (2 - z - mode)) / (1 - mode);
      },
      quantile(p) {
        const z = p < mode ? Math.sqrt(mode * p) : 1 - Math.sqrt((1 - mode) * (1 - p));
        return z * width + a;
      },
      mean: (a + b + c) / 3,
      variance: (width * width * (1 - mode + mode * mode)) / 18,
    };
  },
});
