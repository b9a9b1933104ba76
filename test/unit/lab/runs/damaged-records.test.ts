// K7: what is damaged is set aside and named; it hides nothing and hangs nothing.
/* eslint-disable @typescript-eslint/no-explicit-any -- what files and databases hold is looked at freely */
import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { expect, test, vi } from 'vitest';
import { resolveExperiment } from '../../../../src/lab/experiment/experiment.ts';
import { openIdbRunStore } from '../../../../src/lab/runs/idb-run-store.ts';
import { MemoryRunStore } from '../../../../src/lab/runs/memory-run-store.ts';
import { keepGoing, openRunStore } from '../../../../src/lab/runs/open-run-store.ts';
import { rewind } from '../../../../src/lab/runs/resume-point.ts';
import { RunRecorder } from '../../../../src/lab/runs/run-recorder.ts';
import type { StoredRun } from '../../../../src/lab/runs/run-store.ts';
import { crc32 } from '../../../../src/lab/runs/sealed.ts';
import { restoreDatabase } from '../../../golden/runs/runs.ts';
import { stepEvent } from '../scripted-study.ts';

const run = (id: string): StoredRun => ({
  ...{ id, name: `run ${id}`, createdAt: 1, updatedAt: 1, status: 'running' },
  ...{ experiment: resolveExperiment({}), environment: null, error: null, headline: {} },
});
const checkpoint = { arm: 'soft', step: 4, state: new Float32Array([1, 2]) };
let databases = 0;

/** A store with two runs, four events of the first in two parts and a checkpoint behind them. */
async function filled() {
  const name = `damaged-${databases++}`;
  const store = await openIdbRunStore(name);
  for (const id of ['a', 'b']) await store.put(run(id));
  await store.appendEvents('a', [stepEvent(1), stepEvent(2)], 0);
  await store.appendEvents('a', [stepEvent(3), stepEvent(4)], 2);
  await store.putCheckpoint('a', { checkpoint, events: 4 });
  const db = await openDB(name);
  /** Changes the records of a store behind its back. */
  const damage = async (records: string, change: (record: any, place: number) => unknown) => {
    const all = db.transaction(records, 'readwrite').store;
    for (const [place, key] of (await all.getAllKeys()).entries()) {
      const changed = change(structuredClone(await all.get(key)), place);
      await all.put(changed, all.keyPath === null ? key : undefined);
    }
  };
  return { store, damage };
}
const steps = (events: readonly { type: string }[]) => events.map((event: any) => event.step);

test('K7: a damaged run is set aside and named, and the others are listed', async () => {
  const { store, damage } = await filled();
  await damage('runs', (record) => (record.id === 'a' ? { ...record, experiment: 5 } : record));
  expect((await store.list()).map(({ id }) => id)).toEqual(['b']);
  expect(await store.damaged()).toEqual([{ run: 'a', what: 'the run run a' }]);
  expect((await store.list()).map(({ id }) => id)).toEqual(['b']);
});

test('K7: a run whose events are damaged before the checkpoint begins anew, without a gap', async () => {
  const { store, damage } = await filled();
  await damage('events', (record, place) => (place === 0 ? { ...record, events: null } : record));
  expect(steps(await store.events('a'))).toEqual([3, 4]);
  expect(await store.damaged()).toEqual([{ run: 'a', what: 'a part of its events' }]);
  expect(await rewind(store, 'a')).toEqual({ checkpoint: undefined, events: [] });
  expect(await store.events('a')).toEqual([]);
});

test('a run that went on in memory begins anew, too, where its last events on the disk are damaged', async () => {
  const { store: disk, damage } = await filled();
  await damage('events', (record, place) => (place === 1 ? { ...record, events: null } : record));
  const store = keepGoing(disk, () => {});
  const full = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
  Object.assign(disk, { appendEvents: full, putCheckpoint: full });
  await store.appendEvents('a', [stepEvent(5), stepEvent(6), stepEvent(7)], 4);
  await store.putCheckpoint('a', { checkpoint, events: 5 });
  expect(await store.intactEvents('a')).toBe(2);
  expect(await rewind(store, 'a')).toEqual({ checkpoint: undefined, events: [] });
  await store.appendEvents('a', [stepEvent(1)], 0);
  expect(steps(await store.events('a'))).toEqual([1]);
  expect(await store.intactEvents('a')).toBe(1);
});

test('events whose writing was given up and came to an end later are there once', async () => {
  const { store: disk } = await filled();
  const store = keepGoing(disk, () => {}, 20);
  const { appendEvents } = disk;
  let arrived: Promise<void> | undefined;
  disk.appendEvents = async (...events) => {
    await new Promise((resolve) => setTimeout(resolve, 60));
    return (arrived = appendEvents(...events));
  };
  await store.appendEvents('a', [stepEvent(5)], 4);
  await vi.waitFor(() => expect(arrived).toBeDefined());
  await arrived;
  expect(steps(await store.events('a'))).toEqual([1, 2, 3, 4, 5]);
  expect(await store.intactEvents('a')).toBe(5);
  await store.truncateEvents('a', 3);
  expect(steps(await store.events('a'))).toEqual([1, 2, 3]);
});

test.each([{}, 'nonsense', { checkpoint: null, events: 4 }, { checkpoint, events: 'x' }, 7])(
  'K7: the damaged checkpoint %j never hangs Resume: the run begins anew',
  async (nonsense) => {
    const { store, damage } = await filled();
    await damage('checkpoints', () => nonsense);
    expect(await rewind(store, 'a')).toEqual({ checkpoint: undefined, events: [] });
    expect(await store.damaged()).toEqual([{ run: 'a', what: 'its checkpoint' }]);
  },
);

test('K7: one changed number in a checkpoint is found', async () => {
  const { store, damage } = await filled();
  expect((await rewind(store, 'a')).checkpoint).toEqual(checkpoint);
  await damage('checkpoints', (record) => {
    record.checkpoint.state[1] = 3;
    return record;
  });
  expect((await rewind(store, 'a')).checkpoint).toBeUndefined();
});

test('K5: events that were written twice are counted once', async () => {
  const { store } = await filled();
  await store.appendEvents('a', [stepEvent(3), stepEvent(4)], 2);
  expect(steps(await store.events('a'))).toEqual([1, 2, 3, 4]);
});

test('records of the first version are read without a checksum', async () => {
  await restoreDatabase('interrupted', 'first-version');
  const store = await openIdbRunStore('first-version');
  const { checkpoint: found, events } = await rewind(store, 'interrupted');
  expect(found).toMatchObject({ arm: 'soft', step: 10 });
  expect(events.length).toBeGreaterThan(10);
  expect(Object.keys(await store.adapters('interrupted'))).toEqual([]);
  expect(await store.damaged()).toEqual([]);
  await restoreDatabase('finished', 'first-version-finished');
  const finished = await openIdbRunStore('first-version-finished');
  expect(Object.keys(await finished.adapters('finished'))).toEqual(['every path', 'hard', 'soft']);
});

test('K7: a database that never answers does not hold a run up', async () => {
  const never = () => new Promise<never>(() => {});
  vi.stubGlobal('indexedDB', { open: () => new EventTarget() });
  const notices: string[] = [];
  const opened = await openRunStore(({ message }) => notices.push(message), 20);
  vi.unstubAllGlobals();
  expect(opened).toBeInstanceOf(MemoryRunStore);
  expect(notices).toHaveLength(1);

  const disk = new MemoryRunStore();
  Object.assign(disk, { appendEvents: never, put: never, list: never, events: never });
  Object.assign(disk, { intactEvents: never, checkpoint: never, truncateEvents: never });
  const store = keepGoing(disk, ({ message }) => notices.push(message), 20);
  const recorder = new RunRecorder(store, run('a'));
  recorder.add(stepEvent(1));
  recorder.add({ type: 'checkpoint', checkpoint });
  recorder.add(stepEvent(2));
  expect(await recorder.rewind()).toEqual(checkpoint);
  expect(await recorder.finish('cancelled')).toMatchObject({ status: 'cancelled' });
  expect(steps(await store.events('a'))).toEqual([1]);
  expect(notices).toHaveLength(2);
});

test('K7: a run knows how many of its records could not be written', async () => {
  const store = new MemoryRunStore();
  store.appendEvents = () => Promise.reject(new Error('full'));
  const recorder = new RunRecorder(store, run('a'));
  recorder.add(stepEvent(1));
  expect(await recorder.finish('done')).toMatchObject({ unwritten: 1 });
});

test('K8: a finished run leaves no checkpoint', async () => {
  const store = new MemoryRunStore();
  const recorder = new RunRecorder(store, run('a'));
  recorder.add({ type: 'checkpoint', checkpoint });
  await recorder.finish('done');
  expect(await store.checkpoint('a')).toBeUndefined();
});

test('the checksum is that of zip files', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
});
