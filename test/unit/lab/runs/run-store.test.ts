import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { describe, expect, test, vi } from 'vitest';
import type { StudyEvent } from '../../../../src/lab/events.ts';
import { resolveExperiment } from '../../../../src/lab/experiment/experiment.ts';
import { openIdbRunStore } from '../../../../src/lab/runs/idb-run-store.ts';
import { MemoryRunStore } from '../../../../src/lab/runs/memory-run-store.ts';
import { keepGoing, openRunStore } from '../../../../src/lab/runs/open-run-store.ts';
import type { RunStore, StoredRun } from '../../../../src/lab/runs/run-store.ts';

const run = (id: string, createdAt = 0): StoredRun => ({
  id,
  name: `run ${id}`,
  createdAt,
  updatedAt: createdAt,
  status: 'running',
  experiment: resolveExperiment({}),
  environment: null,
  error: null,
  headline: {},
});
const warning = (message: string): StudyEvent => ({ type: 'warning', message });
const files = { 'adapter_config.json': new Uint8Array([123, 125]) };

let databases = 0;
const stores: [string, () => Promise<RunStore>][] = [
  ['IndexedDB', () => openIdbRunStore(`test-${databases++}`)],
  ['memory', async () => new MemoryRunStore()],
];

describe.each(stores)('a store in %s', (_, open) => {
  test('lists runs, newest first, and replaces them by id', async () => {
    const store = await open();
    await store.put(run('a', 1));
    await store.put(run('b', 2));
    await store.put({ ...run('a', 1), name: 'renamed' });
    expect((await store.list()).map(({ id, name }) => [id, name])).toEqual([
      ['b', 'run b'],
      ['a', 'renamed'],
    ]);
  });

  test('appends, truncates and returns events in order', async () => {
    const store = await open();
    await store.appendEvents('a', [warning('1'), warning('2')], 0);
    await store.appendEvents('b', [warning('other')], 0);
    await store.appendEvents('a', [warning('3')], 2);
    expect(await store.events('a')).toEqual(['1', '2', '3'].map(warning));
    await store.truncateEvents('a', 1);
    await store.appendEvents('a', [warning('2 again')], 1);
    expect(await store.events('a')).toEqual(['1', '2 again'].map(warning));
    expect(await store.events('b')).toEqual([warning('other')]);
  });

  test('keeps the latest checkpoint and every adapter', async () => {
    const store = await open();
    const checkpoint = { arm: 'soft', step: 5, state: new Float32Array([1, 2]) };
    await store.putCheckpoint('a', { checkpoint: { ...checkpoint, step: 1 }, events: 1 });
    await store.putCheckpoint('a', { checkpoint, events: 9 });
    expect(await store.checkpoint('a')).toEqual({ checkpoint, events: 9 });
    await store.putAdapter('a', 'soft', files);
    await store.putAdapter('a', 'hard', files);
    await store.putAdapter('ab', 'soft', files);
    expect(await store.adapters('a')).toEqual({ hard: files, soft: files });
  });

  test('deletes a run with everything it left', async () => {
    const store = await open();
    for (const id of ['a', 'b']) {
      await store.put(run(id));
      await store.appendEvents(id, [warning(id)], 0);
      await store.putCheckpoint(id, { checkpoint: { arm: 'soft', step: 1, state: 0 }, events: 1 });
      await store.putAdapter(id, 'soft', files);
    }
    await store.delete('a');
    expect((await store.list()).map(({ id }) => id)).toEqual(['b']);
    expect(await store.events('a')).toEqual([]);
    expect(await store.checkpoint('a')).toBeUndefined();
    expect(await store.adapters('a')).toEqual({});
    expect(await store.events('b')).toHaveLength(1);
    expect(await store.adapters('b')).toEqual({ soft: files });
  });
});

test('runs survive closing and opening the database', async () => {
  const first = await openIdbRunStore('reload');
  await first.put(run('a'));
  await first.appendEvents('a', [warning('kept')], 0);
  const second = await openIdbRunStore('reload');
  expect(await second.list()).toHaveLength(1);
  expect(await second.events('a')).toEqual([warning('kept')]);
});

test('an older page gives way when a newer one upgrades the database', async () => {
  const store = await openIdbRunStore('upgrade');
  await store.put(run('a'));
  const newer = await openDB('upgrade', 99);
  expect(await newer.getAll('runs')).toHaveLength(1);
  await expect(store.list()).rejects.toThrow();
  newer.close();
});

test('without IndexedDB the store works in memory and says so', async () => {
  vi.stubGlobal('indexedDB', {
    open: () => {
      throw new DOMException('no', 'SecurityError');
    },
  });
  const notices: string[] = [];
  const store = await openRunStore((notice) => notices.push(notice.message));
  vi.unstubAllGlobals();
  await store.put(run('a'));
  expect(await store.list()).toHaveLength(1);
  expect(notices).toEqual([
    'This browser does not let the page store runs, so results last until you leave.',
  ]);
});

test('when the disk is full, a run goes on in memory and nothing is lost', async () => {
  const disk = await openIdbRunStore('full');
  const notices: string[] = [];
  const store = keepGoing(disk, (notice) => notices.push(notice.message));
  await store.put(run('old', 1));
  await store.put(run('a', 2));
  await store.appendEvents('a', [warning('1')], 0);
  const full = async () => {
    throw new DOMException('full', 'QuotaExceededError');
  };
  Object.assign(disk, { appendEvents: full, put: full });
  await store.appendEvents('a', [warning('2')], 1);
  await store.put({ ...run('a', 2), status: 'done' });
  await store.putAdapter('a', 'soft', files);
  expect(await store.events('a')).toEqual(['1', '2'].map(warning));
  expect((await store.list()).map(({ id, status }) => [id, status])).toEqual([
    ['a', 'done'],
    ['old', 'running'],
  ]);
  expect(await store.adapters('a')).toEqual({ soft: files });
  expect(notices).toEqual([
    'This browser has no room left for runs, so new results last until you leave.',
  ]);
  await store.truncateEvents('a', 1);
  expect(await store.events('a')).toEqual([warning('1')]);
});
