import fc from '../../../support/fast-check.ts';
import { expect, test } from 'vitest';
import { createDistribution } from '../../../../src/core/distributions/create.ts';
import { InputError } from '../../../../src/core/errors.ts';
import { randomStream } from '../../../../src/core/random.ts';
import { choiceSpace, possibleAnswers } from '../../../../src/core/targets/choices.ts';
import { latticeText } from '../../../../src/core/targets/lattice.ts';
import { outputSpace } from '../../../../src/core/targets/output-space.ts';
import { sampleAnswers } from '../../../../src/core/targets/sample-answers.ts';

const gaussian = createDistribution('gaussian', { mu: 0, sigma: 1 });

test('probabilities sum to 1, answers ascend, are distinct and mean what they say', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -50, max: 50, noNaN: true }),
      fc.double({ min: 1e-3, max: 20, noNaN: true }),
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 2, max: 300 }),
      (mu, sigma, decimals, bins) => {
        const laplace = createDistribution('laplace', { mu, b: sigma });
        const { values, numbers, probabilities } = outputSpace(laplace, { decimals, bins });
        expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
        expect(values.length).toBeLessThanOrEqual(bins);
        expect(new Set(values).size).toBe(values.length);
        values.forEach((value, i) => {
          expect(Number(value)).toBe(numbers![i]);
          expect(value.split('.')[1]?.length ?? 0).toBe(decimals);
          if (i > 0) expect(numbers![i]).toBeGreaterThan(numbers![i - 1]!);
        });
      },
    ),
    { numRuns: 50 },
  );
});

test('a grid of 10^15 points costs no more than the answers kept', () => {
  const wide = createDistribution('uniform', { a: 0, b: 1000 });
  const { values } = outputSpace(wide, { decimals: 12, bins: 101 });
  expect(values).toHaveLength(101);
  expect(values[0]).toBe('1.000000000000');
});

test('lattice texts are those of exact decimal arithmetic', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.integer({ min: 0, max: 12 }), (k, decimals) => {
      const digits = BigInt(Math.abs(k))
        .toString()
        .padStart(decimals + 1, '0');
      const cut = digits.length - decimals;
      const expected = decimals === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`;
      expect(latticeText(k, decimals)).toBe((k < 0 || Object.is(k, -0) ? '-' : '') + expected);
    }),
  );
});

test.each([
  [{ decimals: 13 }, 'decimals'],
  [{ decimals: 1.5 }, 'decimals'],
  [{ decimals: NaN }, 'decimals'],
  [{ bins: 1 }, 'bins'],
  [{ bins: Infinity }, 'bins'],
  [{ quantileLow: 0.5, quantileHigh: 0.5 }, 'quantileLow'],
  [{ quantileLow: NaN }, 'quantileLow'],
])('settings %j are refused, naming %s', (settings, field) => {
  expect(() => outputSpace(gaussian, settings)).toThrow(
    expect.objectContaining({ name: 'InputError', field }),
  );
});

test('decimals that doubles cannot hold are refused', () => {
  const far = createDistribution('gaussian', { mu: 1e9, sigma: 1 });
  expect(() => outputSpace(far, { decimals: 12 })).toThrow(InputError);
  expect(outputSpace(far, { decimals: 2 }).values[0]).toBe('999999996.91');
});

test('choices are normalised and keep their order', () => {
  const space = choiceSpace([
    { value: 'heads', weight: 1 },
    { value: 'tails', weight: 3 },
    { value: 'edge', weight: 0 },
  ]);
  expect(space.values).toEqual(['heads', 'tails', 'edge']);
  expect([...space.probabilities]).toEqual([0.25, 0.75, 0]);
  expect(possibleAnswers(space).values).toEqual(['heads', 'tails']);
});

test.each([
  [[], 'choices'],
  [{}, 'choices'],
  [[{ value: '', weight: 1 }], 'choices.0.value'],
  [[{ value: 'a', weight: 1 }, 7], 'choices.1.value'],
  [
    [
      { value: 'a', weight: 1 },
      { value: 'a', weight: 1 },
    ],
    'choices.1.value',
  ],
  [[{ value: 'a', weight: -1 }], 'choices.0.weight'],
  [[{ value: 'a', weight: NaN }], 'choices.0.weight'],
  [[{ value: 'a', weight: '1' }], 'choices.0.weight'],
  [[{ value: 'a', weight: 0 }], 'choices'],
])('choices %j are refused, naming %s', (choices, field) => {
  expect(() => choiceSpace(choices)).toThrow(
    expect.objectContaining({ name: 'InputError', field }),
  );
});

test('sampled answers follow their probabilities and never hit an impossible one', () => {
  const probabilities = [0, 0.2, 0.5, 0, 0.3, 0];
  const n = 100_000;
  const counts = new Array<number>(6).fill(0);
  for (const answer of sampleAnswers(probabilities, n, randomStream(1, 'sample')))
    counts[answer]!++;
  probabilities.forEach((p, i) =>
    expect(Math.abs(counts[i]! - n * p)).toBeLessThanOrEqual(700 * Math.sign(p)),
  );
});
