// Easy rows first, all of them in the end.
import { expect, test } from 'vitest';
import { curriculum } from '../../../src/training/curriculum.ts';
import { rowsOfStep } from '../../../src/training/family-order.ts';

const FAMILIES = Array.from({ length: 40 }, (_, row) => `family ${row % 5}`);
const DIFFICULTY = FAMILIES.map((_, row) => (row * 17) % 40);
const OPTIONS = { steps: 120, batch: 4, seed: 3 };
const rows = curriculum(FAMILIES, DIFFICULTY, OPTIONS);
const hardest = (from: number, to: number) =>
  Math.max(
    ...Array.from({ length: to - from }, (_, i) =>
      rows(from + i).map((row) => DIFFICULTY[row]!),
    ).flat(),
  );

test('rows come in by difficulty, a quarter at a time over half of the steps', () => {
  expect([hardest(0, 20), hardest(20, 40), hardest(40, 60), hardest(60, 120)]).toEqual([
    9, 19, 29, 39,
  ]);
});

test('a stage takes each of its rows once before any of them again', () => {
  const stage = Array.from({ length: 5 }, (_, i) => rows(20 + i)).flat();
  expect(new Set(stage).size).toBe(20);
});

test('with every row in, the order is that of training without a curriculum', () => {
  for (const step of [0, 1, 17]) {
    expect(rows(60 + step)).toEqual(rowsOfStep(step, 4, FAMILIES, 3));
  }
});

test('depends on the step alone', () => {
  const again = curriculum(FAMILIES, DIFFICULTY, OPTIONS);
  again(100);
  expect(again(25)).toEqual(rows(25));
});
