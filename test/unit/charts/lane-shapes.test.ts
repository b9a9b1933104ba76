// The shapes of a lane: in proportion, inside their frame, nothing lost without a mark.
import fc from '../../support/fast-check.ts';
import { expect, test } from 'vitest';
import {
  cutAnswers,
  dotsOf,
  laneScale,
  stepPath,
  ticksOf,
} from '../../../src/charts/lane-shapes.ts';

const scale = laneScale([0.5, 0.25, 0.25], undefined, 316, 100);

test('an outline steps over the answers, each as high as its probability', () => {
  // The frame is 1.5 times as high as the target's tallest answer: 0.75 fills it.
  expect(scale.edges).toEqual([8, 108, 208, 308]);
  expect(stepPath(scale, [0.75, 0.375, 0], true)).toBe(
    'M8,100L8,0L108,0L108,50L208,50L208,100L308,100L308,100Z',
  );
});

test('what leaves the frame is named, the likeliest first', () => {
  expect(cutAnswers(scale, [0.9, 0.01, 0.8])).toEqual([
    { answer: 0, probability: 0.9, x: 58 },
    { answer: 2, probability: 0.8, x: 258 },
  ]);
  expect(cutAnswers(scale, [0.5, 0.25, 0.25])).toEqual([]);
});

test('numbers lie where they are, however uneven their gaps', () => {
  const { edges } = laneScale([0.5, 0.25, 0.25], [0, 1, 5], 316, 100);
  expect(edges.map((x) => (x - 8) / 300)).toEqual(
    [0, 1, 3.5, 7.5].map((x) => expect.closeTo(x / 7.5)),
  );
});

test('every draw of an answer is a dot within the frame, none above another', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1, max: 2 }), { maxLength: 120 }), (draws) => {
      const { dots, radius } = dotsOf(scale, draws);
      expect(dots.map(({ draw }) => draw)).toEqual(
        draws.flatMap((answer, i) => (answer < 0 ? [] : [i])),
      );
      expect(new Set(dots.map(({ x, y }) => `${x} ${y}`)).size).toBe(dots.length);
      for (const { y } of dots) {
        expect(y + radius).toBeLessThanOrEqual(100);
        expect(y - radius).toBeGreaterThanOrEqual(0);
      }
    }),
  );
});

test('a heap is as many dots wide as it takes, in the middle of its answer', () => {
  const { dots } = dotsOf(scale, Array<number>(50).fill(1));
  // Twenty-four dots are as high as the frame: three columns of seventeen do.
  const size = 100 / 24;
  const columns = [-1, 0, 1].map((column) => Math.round((158 + column * size) * 10) / 10);
  expect([...new Set(dots.map(({ x }) => x))]).toEqual(columns);
  expect(dots.at(-1)).toEqual({ x: 158, y: expect.closeTo(100 - 16.5 * size, 0), draw: 49 });
});

test('ticks are round numbers at their places', () => {
  const numbers = Array.from({ length: 81 }, (_, i) => (i + 1) / 100);
  const ticks = ticksOf(
    laneScale(
      numbers.map(() => 1 / 81),
      numbers,
      316,
      100,
    ),
    numbers,
  );
  expect(ticks.map(({ label }) => label)).toEqual(['0.2', '0.4', '0.6', '0.8']);
  expect(ticks[0]!.x).toBeCloseTo(8 + (19.5 / 81) * 300, 0);
});
