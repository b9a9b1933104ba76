import { expect, test } from 'vitest';
import { SeriesClock } from '../../../../src/lab/study/series-clock.ts';

test('the studies that follow are taken to last as long as the one before them', () => {
  let seconds = 100;
  const clock = new SeriesClock(() => seconds * 1000);
  clock.begin(2, false);
  expect(clock.secondsLeft(undefined)).toBeUndefined();
  seconds += 10;
  // 10 s have gone and 30 are left: 40 each.
  expect(clock.secondsLeft(30)).toBe(30 + 2 * 40);
  seconds += 50;
  clock.end();
  clock.begin(1, false);
  expect(clock.secondsLeft(55)).toBe(55 + 60);
});

test('of a study that was resumed only what was seen counts', () => {
  let seconds = 0;
  const clock = new SeriesClock(() => seconds * 1000);
  clock.begin(1, true);
  seconds += 5;
  expect(clock.secondsLeft(15)).toBe(15 + 20);
  clock.end();
  clock.begin(1, false);
  seconds += 10;
  expect(clock.secondsLeft(30)).toBe(30 + 40);
});
