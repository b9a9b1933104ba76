// Epochs visit every row once and mix families in every batch.
import fc from '../../support/fast-check.ts';
import { expect, test } from 'vitest';
import { familyBalancedOrder, stepRows } from '../../../src/training/family-order.ts';

const families = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), {
  minLength: 1,
  maxLength: 60,
});
const seed = fc.integer({ min: 0, max: 1000 });
const sorted = (rows: readonly number[]) => [...rows].sort((a, b) => a - b);
const indices = (n: number) => Array.from({ length: n }, (_, i) => i);

test('every row once per epoch', () =>
  fc.assert(
    fc.property(families, seed, fc.integer({ min: 0, max: 5 }), (of, s, epoch) => {
      expect(sorted(familyBalancedOrder(of, s, epoch))).toEqual(indices(of.length));
    }),
  ));

test('families take turns: at any point none is ahead of another that still has rows', () =>
  fc.assert(
    fc.property(families, seed, (of, s) => {
      const left = new Map<string, number>();
      for (const family of of) left.set(family, (left.get(family) ?? 0) + 1);
      const taken = new Map<string, number>();
      for (const row of familyBalancedOrder(of, s, 0)) {
        const family = of[row]!;
        taken.set(family, (taken.get(family) ?? 0) + 1);
        left.set(family, left.get(family)! - 1);
        for (const [other, rows] of left) {
          if (rows > 0) expect(taken.get(family)! - (taken.get(other) ?? 0)).toBeLessThanOrEqual(1);
        }
      }
    }),
  ));

test('a batch of the paper has as many families as rows', () => {
  const of = indices(24 * 5).map((row) => `family ${row % 24}`);
  for (let step = 0; step < 15; step++) {
    const rows = stepRows(8, of, 11)(step);
    expect(new Set(rows.map((row) => of[row])).size).toBe(8);
  }
});

test('steps walk through epoch after epoch, across their borders', () =>
  fc.assert(
    fc.property(families, seed, fc.integer({ min: 1, max: 70 }), (of, s, batch) => {
      const steps = Math.ceil((3 * of.length) / batch);
      const walked = indices(steps).flatMap(stepRows(batch, of, s));
      const epochs = [0, 1, 2].flatMap((epoch) => familyBalancedOrder(of, s, epoch));
      expect(walked.slice(0, epochs.length)).toEqual(epochs);
    }),
    { numRuns: 40 },
  ));

test('seed and epoch decide the order', () => {
  const of = indices(40).map((row) => `family ${row % 4}`);
  expect(familyBalancedOrder(of, 1, 0)).toEqual(familyBalancedOrder(of, 1, 0));
  expect(familyBalancedOrder(of, 1, 1)).not.toEqual(familyBalancedOrder(of, 1, 0));
  expect(familyBalancedOrder(of, 2, 0)).not.toEqual(familyBalancedOrder(of, 1, 0));
});
