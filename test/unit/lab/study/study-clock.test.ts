// Time left, from what was timed.
import { afterEach, expect, test, vi } from 'vitest';
import { StudyClock } from '../../../../src/lab/study/study-clock.ts';

let now = 0;
vi.spyOn(performance, 'now').mockImplementation(() => now);
afterEach(() => (now = 0));
const pass = (seconds: number) => (now += seconds * 1000);

test('knows the least that is left before both kinds of work have been timed', () => {
  const clock = new StudyClock({ step: 10, score: 4 });
  expect(clock.left).toEqual({});
  pass(6);
  expect(clock.done('step', 3)).toBe(6);
  expect(clock.secondsEach('step')).toBe(2);
  expect(clock.left).toEqual({ secondsAtLeast: 7 * 2 });
  pass(5);
  clock.done('score');
  expect(clock.left).toEqual({ secondsLeft: 7 * 2 + 3 * 5 });
});

test('does not count the time between two stretches of work', () => {
  const clock = new StudyClock({ step: 4, score: 0 });
  pass(2);
  clock.done('step');
  pass(1000);
  clock.start();
  pass(4);
  expect(clock.done('step')).toBe(4);
  expect(clock.left).toEqual({ secondsLeft: 2 * 3 });
});

test('needs no times of work that is done', () => {
  const clock = new StudyClock({ step: 0, score: 1 });
  pass(3);
  clock.done('score');
  expect(clock.left).toEqual({ secondsLeft: 0 });
});
