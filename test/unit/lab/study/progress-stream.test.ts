// Progress as a stream: the work waits for its follower, and ends with it.
import { expect, test } from 'vitest';
import { progressOf, type TellingWork } from '../../../../src/lab/study/progress-stream.ts';

const counted =
  (log: string[]): TellingWork<string> =>
  async (tell, signal) => {
    for (let done = 0; done <= 3; done++) {
      signal.throwIfAborted();
      log.push(`worked ${done}`);
      await tell(done, 3);
    }
    return 'result';
  };

test('tells everything in order and returns the result', async () => {
  const stream = progressOf(counted([]));
  const told: number[] = [];
  for (;;) {
    const next = await stream.next();
    if (next.done) {
      expect(next.value).toBe('result');
      break;
    }
    expect(next.value.total).toBe(3);
    told.push(next.value.done);
  }
  expect(told).toEqual([0, 1, 2, 3]);
});

test('the work goes on only when the follower asks for more', async () => {
  const log: string[] = [];
  const stream = progressOf(counted(log));
  await stream.next();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(log).toEqual(['worked 0']);
  await stream.next();
  expect(log).toEqual(['worked 0', 'worked 1']);
  await stream.return('given up');
});

test('a follower that leaves aborts the work and waits for its end', async () => {
  const log: string[] = [];
  let ended = false;
  const work: TellingWork<string> = async (tell, signal) => {
    try {
      return await counted(log)(tell, signal);
    } finally {
      await new Promise((resolve) => setTimeout(resolve, 5));
      ended = true;
    }
  };
  for await (const { done } of progressOf(work)) if (done === 1) break;
  expect(ended).toBe(true);
  expect(log).toEqual(['worked 0', 'worked 1']);
});

test('an abort is thrown with its reason', async () => {
  const controller = new AbortController();
  const follow = async () => {
    for await (const { done } of progressOf(counted([]), controller.signal)) {
      if (done === 1) controller.abort(new Error('enough'));
    }
  };
  await expect(follow()).rejects.toThrow('enough');
  await expect(follow()).rejects.toThrow('enough'); // aborted from the start
});

test('a failure of the work is thrown, also without any progress', async () => {
  await expect(progressOf(() => Promise.reject(new Error('broken'))).next()).rejects.toThrow(
    'broken',
  );
});
