import { expect, test } from 'vitest';
import { resolveExperiment } from '../../../../src/lab/experiment/experiment.ts';
import { runsOf, seriesOf, waitingWith } from '../../../../src/lab/runs/run-series.ts';

const three = resolveExperiment({ seeds: [5, 3, 4] });

test('an experiment with several seeds is a run for each, the first of them the newest', () => {
  const runs = runsOf(three, 'All families', 1000);
  expect(runs.map(({ name }) => name)).toEqual([5, 3, 4].map((s) => `All families, seed ${s}`));
  expect(runs.map(({ experiment }) => experiment)).toEqual(
    [5, 3, 4].map((seed) => resolveExperiment({ seed })),
  );
  expect(runs.map(({ createdAt }) => createdAt)).toEqual([1000, 999, 998]);
  expect(runs.map(({ series }) => [series?.place, series?.count])).toEqual([
    [0, 3],
    [1, 3],
    [2, 3],
  ]);
  expect(new Set(runs.map(({ id }) => id)).size).toBe(3);
  expect(runs.every(({ status }) => status === 'waiting')).toBe(true);
});

test('an experiment with one seed is a run of its own', () => {
  const [run, ...more] = runsOf(resolveExperiment({}), 'All families', 0);
  expect(more).toEqual([]);
  expect(run).toMatchObject({ name: 'All families', experiment: { seed: 11 } });
  expect(run!.series).toBeUndefined();
  expect(seriesOf(run!, runsOf(three, 'others', 0))).toEqual([run]);
});

test('runs of a series follow each other, whatever else is stored', () => {
  const [first, second, third] = runsOf(three, 'mine', 0);
  const stored = [third!, ...runsOf(three, 'others', 5), second!, { ...first!, name: 'old name' }];
  const running = { ...first!, status: 'running' as const };
  expect(seriesOf(running, stored)).toEqual([running, second, third]);
  expect(waitingWith(running, stored)).toEqual([second, third]);
  const cancelled = stored.map((run) =>
    run.id === second!.id ? { ...run, status: 'cancelled' as const } : run,
  );
  expect(waitingWith(running, cancelled)).toEqual([third]);
});
