// A family of distributions as one would add it: where a pendulum is found between two ends.
import { defineFamily, real } from '../../../src/core/distributions/family.ts';
import { evenly } from '../../../src/core/distributions/grids.ts';

defineFamily({
  id: 'arcsine',
  displayName: 'Arcsine',
  tier: 'III',
  kind: 'continuous',
  role: 'extra',
  convention: 'where a pendulum is found between a and b',
  parameters: { a: real('lower end', 0), b: real('upper end', 1) },
  orderings: [['a', '<', 'b']],
  grids: {
    train: { a: evenly(-1, 0, 3), b: evenly(1, 2, 3) },
    test_unseen: { a: evenly(-3, -2, 2), b: evenly(3, 4, 2) },
  },
  distribution: ({ a, b }) => ({
    support: [a, b],
    density: (x) => 1 / (Math.PI * Math.sqrt((x - a) * (b - x))),
    cdf: (x) => (2 / Math.PI) * Math.asin(Math.sqrt((x - a) / (b - a))),
    quantile: (p) => a + (b - a) * Math.sin((Math.PI * p) / 2) ** 2,
    mean: (a + b) / 2,
    variance: (b - a) ** 2 / 8,
  }),
});
