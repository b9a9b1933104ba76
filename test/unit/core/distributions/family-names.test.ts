// What a family may not be called.
import { expect, test } from 'vitest';
import { defineFamily, real } from '../../../../src/core/distributions/family.ts';
import '../../../../src/core/distributions/families.ts';

test.each(['gaussian', '__proto__', 'constructor', 'Arc Sine'])('no family is called %s', (id) => {
  const formulas = { support: [0, 1], mean: 0, variance: 0 } as const;
  const zero = () => 0;
  expect(() =>
    defineFamily({
      id,
      displayName: id,
      tier: 'I',
      kind: 'continuous',
      role: 'extra',
      convention: '',
      parameters: { a: real('a', 0) },
      grids: {},
      distribution: () => ({ ...formulas, density: zero, cdf: zero, quantile: zero }),
    }),
  ).toThrow(/cannot be called/);
});
