// Runs kept in IndexedDB.
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { StudyEvent } from '../events.ts';
import type { AdapterFiles, RunStore, StoredCheckpoint, StoredRun } from './run-store.ts';

interface Schema extends DBSchema {
  runs: { key: string; value: StoredRun };
  /** In the order of their keys. */
  events: {
    key: number;
    value: { run: string; events: readonly StudyEvent[] };
    indexes: { run: string };
  };
  checkpoints: { key: string; value: StoredCheckpoint };
  adapters: { key: [run: string, arm: string]; value: AdapterFiles };
}

/** Step i takes a database from version i to i + 1. Released steps never change; append new ones. */
const MIGRATIONS: readonly ((db: IDBPDatabase<Schema>) => void)[] = [
  (db) => {
    db.createObjectStore('runs', { keyPath: 'id' });
    db.createObjectStore('events', { autoIncrement: true }).createIndex('run', 'run');
    db.createObjectStore('checkpoints');
    db.createObjectStore('adapters');
  },
];

const everyArm = (run: string) => IDBKeyRange.bound([run], [run, []]);

/** @throws whatever the browser throws where it forbids or lacks IndexedDB. */
export async function openIdbRunStore(name = 'calibration-lab'): Promise<RunStore> {
  const db = await openDB<Schema>(name, MIGRATIONS.length, {
    upgrade(database, oldVersion) {
      for (const migrate of MIGRATIONS.slice(oldVersion)) migrate(database);
    },
    // Another tab carries a newer page: let it migrate; this one falls back to memory.
    blocking: (_current, _wanted, event) => (event.target as IDBDatabase).close(),
  });

  const eventKeys = (id: string) => db.getAllKeysFromIndex('events', 'run', id);
  const eventsOf = async (id: string) => {
    const chunks = await db.getAllFromIndex('events', 'run', id);
    return chunks.flatMap((chunk) => chunk.events);
  };

  return {
    async list() {
      const runs = await db.getAll('runs');
      return runs.sort((a, b) => b.createdAt - a.createdAt);
    },
    async put(run) {
      await db.put('runs', run);
    },
    async delete(id) {
      const keys = await eventKeys(id);
      const all = db.transaction(['runs', 'events', 'checkpoints', 'adapters'], 'readwrite');
      await Promise.all([
        all.objectStore('runs').delete(id),
        ...keys.map((key) => all.objectStore('events').delete(key)),
        all.objectStore('checkpoints').delete(id),
        all.objectStore('adapters').delete(everyArm(id)),
        all.done,
      ]);
    },
    async appendEvents(id, events) {
      await db.add('events', { run: id, events });
    },
    events: eventsOf,
    async truncateEvents(id, count) {
      const kept = (await eventsOf(id)).slice(0, count);
      const keys = await eventKeys(id);
      const { store, done } = db.transaction('events', 'readwrite');
      await Promise.all([
        ...keys.map((key) => store.delete(key)),
        store.add({ run: id, events: kept }),
        done,
      ]);
    },
    async putCheckpoint(id, checkpoint) {
      await db.put('checkpoints', checkpoint, id);
    },
    checkpoint: (id) => db.get('checkpoints', id),
    async putAdapter(id, arm, files) {
      await db.put('adapters', files, [id, arm]);
    },
    async adapters(id) {
      const [keys, values] = await Promise.all([
        db.getAllKeys('adapters', everyArm(id)),
        db.getAll('adapters', everyArm(id)),
      ]);
      return Object.fromEntries(keys.map(([, arm], i) => [arm, values[i] ?? {}]));
    },
  };
}
