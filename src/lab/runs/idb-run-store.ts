// Runs kept in IndexedDB.
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { StudyEvent } from '../events.ts';
import type {
  AdapterFiles,
  DamagedRecord,
  RunStore,
  StoredCheckpoint,
  StoredRun,
} from './run-store.ts';
import { sealed, unsealed } from './sealed.ts';

/** Events that were written together. */
interface Chunk {
  readonly run: string;
  /** How many events of the run come before; version 1 did not say. */
  readonly from?: number;
  readonly events: readonly StudyEvent[];
}

type Stores = 'runs' | 'events' | 'checkpoints' | 'adapters' | 'damaged';

/** What is stored may come from any version, or from nobody knows where. */
interface Schema extends DBSchema {
  runs: { key: string; value: object };
  /** In the order of their keys. */
  events: { key: number; value: object; indexes: { run: string } };
  checkpoints: { key: string; value: object };
  adapters: { key: [run: string, arm: string]; value: object };
  damaged: { key: number; value: DamagedRecord & { readonly record: unknown } };
}

/** Step i takes a database from version i to i + 1. Released steps never change; append new ones. */
const MIGRATIONS: readonly ((db: IDBPDatabase<Schema>) => void)[] = [
  (db) => {
    db.createObjectStore('runs', { keyPath: 'id' });
    db.createObjectStore('events', { autoIncrement: true }).createIndex('run', 'run');
    db.createObjectStore('checkpoints');
    db.createObjectStore('adapters');
  },
  (db) => void db.createObjectStore('damaged', { autoIncrement: true }),
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

  /** Moves a record out of the way of all others, and says what it was. */
  async function setAside(
    store: Exclude<Stores, 'damaged'>,
    key: IDBValidKey,
    { run, what }: DamagedRecord,
  ) {
    const both = db.transaction([store, 'damaged'], 'readwrite');
    const record = (await both.objectStore(store).get(key as never)) as unknown;
    await both.objectStore('damaged').add({ run, what, record });
    await both.objectStore(store).delete(key as never);
    await both.done;
  }

  /** The chunks of a run in their order; one that was written over another's place is damaged, too. */
  async function chunksOf(id: string): Promise<{ chunks: Chunk[]; intact: number }> {
    const keys = await db.getAllKeysFromIndex('events', 'run', id);
    const stored = await db.getAllFromIndex('events', 'run', id);
    const chunks: Chunk[] = [];
    let count = 0;
    let intact: number | undefined;
    for (const [i, record] of stored.entries()) {
      const chunk = unsealed<Chunk>(record);
      if (!chunk || !Array.isArray(chunk.events) || (chunk.from ?? count) < count) {
        await setAside('events', keys[i]!, { run: id, what: 'a part of its events' });
        intact ??= count;
        continue;
      }
      if ((chunk.from ?? count) > count) intact ??= count;
      chunks.push(chunk);
      count = (chunk.from ?? count) + chunk.events.length;
    }
    return { chunks, intact: intact ?? count };
  }

  return {
    async list() {
      const runs: StoredRun[] = [];
      for (const record of await db.getAll('runs')) {
        const run = unsealed<StoredRun>(record);
        if (run) runs.push(run);
        else await setAside('runs', (record as StoredRun).id, lostRun(record as StoredRun));
      }
      return runs.sort((a, b) => (b.createdAt || 0) - (a.createdAt || 0));
    },
    run: async (id) => unsealed<StoredRun>(await db.get('runs', id)),
    async put(run) {
      await db.put('runs', sealed(run));
    },
    async delete(id) {
      const keys = await db.getAllKeysFromIndex('events', 'run', id);
      const all = db.transaction(['runs', 'events', 'checkpoints', 'adapters'], 'readwrite');
      await Promise.all([
        all.objectStore('runs').delete(id),
        ...keys.map((key) => all.objectStore('events').delete(key)),
        all.objectStore('checkpoints').delete(id),
        all.objectStore('adapters').delete(everyArm(id)),
        all.done,
      ]);
    },
    async appendEvents(id, events, from) {
      await db.add('events', sealed({ run: id, from, events }));
    },
    events: async (id) => (await chunksOf(id)).chunks.flatMap(({ events }) => events),
    intactEvents: async (id) => (await chunksOf(id)).intact,
    async truncateEvents(id, count) {
      const { chunks } = await chunksOf(id);
      const kept = chunks.flatMap(({ events }) => events).slice(0, count);
      const keys = await db.getAllKeysFromIndex('events', 'run', id);
      const { store, done } = db.transaction('events', 'readwrite');
      await Promise.all([
        ...keys.map((key) => store.delete(key)),
        store.add(sealed({ run: id, from: 0, events: kept })),
        done,
      ]);
    },
    async putCheckpoint(id, checkpoint) {
      await db.put('checkpoints', sealed(checkpoint), id);
    },
    async checkpoint(id) {
      const record = await db.get('checkpoints', id);
      if (record === undefined) return undefined;
      const stored = unsealed<StoredCheckpoint>(record);
      if (stored && Number.isInteger(stored.events) && isCheckpoint(stored.checkpoint))
        return stored;
      await setAside('checkpoints', id, { run: id, what: 'its checkpoint' });
      return undefined;
    },
    deleteCheckpoint: (id) => db.delete('checkpoints', id),
    async putAdapter(id, arm, files) {
      await db.put('adapters', sealed({ files }), [id, arm]);
    },
    async adapters(id) {
      const keys = await db.getAllKeys('adapters', everyArm(id));
      const adapters: Record<string, AdapterFiles> = {};
      for (const key of keys) {
        const record = await db.get('adapters', key);
        const read = unsealed<{ files: AdapterFiles }>(record);
        // Version 1 stored the files themselves.
        const files = read && ('files' in read ? read.files : (read as AdapterFiles));
        if (files) adapters[key[1]] = files;
        else await setAside('adapters', key, { run: id, what: `the adapter ${key[1]}` });
      }
      return adapters;
    },
    damaged: async () => (await db.getAll('damaged')).map(({ run, what }) => ({ run, what })),
  };
}

const lostRun = ({ id, name }: Partial<StoredRun>): DamagedRecord => ({
  run: String(id),
  what: `the run ${typeof name === 'string' ? name : String(id)}`,
});

function isCheckpoint(value: unknown): value is StoredCheckpoint['checkpoint'] {
  const { arm, step } = (value ?? {}) as Partial<StoredCheckpoint['checkpoint']>;
  return typeof arm === 'string' && typeof step === 'number';
}
