// The recorded runs beside this file, as a store and as `lab study` would find them.
import { cpSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deserialize } from 'node:v8';
import { gunzipSync } from 'node:zlib';
import { openDB } from 'idb';
import type { StudyEvent } from '../../../src/lab/events.ts';
import { resolveExperiment } from '../../../src/lab/experiment/experiment.ts';

export const RECORDED = ['finished', 'interrupted', 'baselines'] as const;
export type Recorded = (typeof RECORDED)[number];

const at = (run: Recorded, name: string) =>
  fileURLToPath(new URL(`${run}/${name}`, import.meta.url));
const unpacked = (run: Recorded, name: string): unknown =>
  deserialize(gunzipSync(readFileSync(at(run, name))));

/** What was made of a run when it was recorded. */
export function recordedText(run: Recorded, name: string): string {
  const inFolder = at(run, `folder/${name}`);
  return readFileSync(existsSync(inFolder) ? inFolder : at(run, name), 'utf8');
}

export const recordedJson = (run: Recorded, name: string): unknown =>
  JSON.parse(recordedText(run, name));

/** All events in their order. */
export const recordedEvents = (run: Recorded) => unpacked(run, 'events.bin.gz') as StudyEvent[];

export const recordedExperiment = (run: Recorded) =>
  resolveExperiment(JSON.parse(readFileSync(at(run, 'folder/config.json'), 'utf8')));

/** Fills a database (in fake-indexeddb) as the page left it. */
export async function restoreDatabase(run: Recorded, name: string): Promise<void> {
  const contents = unpacked(run, 'database.bin.gz') as Record<string, [IDBValidKey, unknown][]>;
  const db = await openDB(name, 1, {
    upgrade(fresh) {
      fresh.createObjectStore('runs', { keyPath: 'id' });
      fresh.createObjectStore('events', { autoIncrement: true }).createIndex('run', 'run');
      fresh.createObjectStore('checkpoints');
      fresh.createObjectStore('adapters');
    },
  });
  for (const [store, entries] of Object.entries(contents)) {
    const write = db.transaction(store, 'readwrite').store;
    const isKeyed = write.keyPath !== null;
    for (const [key, value] of entries) await write.put(value, isKeyed ? undefined : key);
  }
  db.close();
}

/** A copy of the folder that `lab study` left. */
export function copyFolder(run: Recorded): string {
  const copy = join(mkdtempSync(join(tmpdir(), 'recorded-')), 'study');
  cpSync(at(run, 'folder'), copy, { recursive: true });
  return copy;
}
