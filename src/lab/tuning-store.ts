// Remembers which kernel variants suit an adapter, so that they are measured once.
import { openDB } from 'idb';
import type { Tuning, TuningStore } from '../tensor/webgpu/tuning.ts';

const [DATABASE, STORE] = ['calibration-lab-kernels', 'tunings'];

/** In the browser's database. Where that is closed to us, every call rejects and variants are measured anew. */
export function idbTuningStore(): TuningStore {
  const database = () =>
    openDB(DATABASE, 1, { upgrade: (fresh) => void fresh.createObjectStore(STORE) });
  return {
    async load(adapter) {
      const db = await database();
      try {
        return (await db.get(STORE, adapter)) as unknown;
      } finally {
        db.close();
      }
    },
    async save(adapter: string, tuning: Tuning) {
      const db = await database();
      try {
        await db.put(STORE, tuning, adapter);
      } finally {
        db.close();
      }
    },
  };
}
