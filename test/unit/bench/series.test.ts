import { expect, test } from 'vitest';
import type { BenchTask } from '../../../bench/tasks/task.ts';
import type { Place } from '../../../bench/places/place.ts';
import { runSeries } from '../../../bench/series/series.ts';

const task = (size: number): BenchTask => ({ kind: 'product', peer: 'lab', size, repeats: 1 });

/** Notes what happens; a task of size 2 fails in its second run, one of size 3 cannot be opened. */
function place(log: string[]): Place {
  return {
    backend: 'wasm',
    adapter: 'none',
    versions: {},
    async open(opened) {
      const { size } = opened as { size: number };
      if (size === 3) throw new Error('no room\nat all');
      let runs = 0;
      return {
        openSeconds: size,
        async run() {
          log.push(`run ${size}`);
          if (++runs === 2 && size === 2) throw new Error('lost');
          return { seconds: runs, figure: size, dispatches: null };
        },
        close: async () => void log.push(`close ${size}`),
      };
    },
    close: () => Promise.resolve(),
  };
}

const options = { warmUp: 1, runs: 2, apart: false, onProgress: () => {} };

test('tasks take turns after their warm-up', async () => {
  const log: string[] = [];
  const series = await runSeries(place(log), { a: task(1), b: task(4) }, options);
  expect(log).toEqual([
    ...['run 1', 'run 4', 'run 1', 'run 4', 'run 1', 'run 4'],
    ...['close 1', 'close 4'],
  ]);
  expect(series.a).toMatchObject({ openSeconds: 1, warmUp: [{ seconds: 1 }] });
  expect(series.a).toMatchObject({ timed: [{ seconds: 2 }, { seconds: 3 }] });
});

test('apart, one is closed before the next is opened', async () => {
  const log: string[] = [];
  await runSeries(place(log), { a: task(1), b: task(4) }, { ...options, runs: 1, apart: true });
  expect(log).toEqual(['run 1', 'run 1', 'close 1', 'run 4', 'run 4', 'close 4']);
});

test('a task that fails says why and leaves the others alone', async () => {
  const log: string[] = [];
  const tasks = { lost: task(2), unopened: task(3), good: task(4) };
  const series = await runSeries(place(log), tasks, options);
  expect(series.lost).toEqual({ failed: 'lost' });
  expect(series.unopened).toEqual({ failed: 'no room' });
  expect(series.good).toMatchObject({ timed: [{ figure: 4 }, { figure: 4 }] });
  expect(log.filter((entry) => entry === 'close 2')).toHaveLength(1);
});
