// Opening the run store, in the browser's database where that works and in memory where not.
import { openIdbRunStore } from './idb-run-store.ts';
import { MemoryRunStore } from './memory-run-store.ts';
import type { RunStore, StoreNotice } from './run-store.ts';

/** A database that works answers in milliseconds; some that are broken or blocked never do. */
const PATIENCE_MS = 5_000;

/**
 * Opens the store of this browser. Where the browser refuses (private mode, a full disk, no
 * IndexedDB) or gives no answer, at once or later, it goes on in memory and says so through
 * `onNotice`, once.
 */
export async function openRunStore(
  onNotice: (notice: StoreNotice) => void,
  patienceMs = PATIENCE_MS,
): Promise<RunStore> {
  try {
    return keepGoing(await inTime(openIdbRunStore(), patienceMs), onNotice, patienceMs);
  } catch (thrown) {
    onNotice(noticeOf(thrown));
    return new MemoryRunStore();
  }
}

/** Writes to `disk` until that fails, then to memory; reads join what is in both. */
export function keepGoing(
  disk: RunStore,
  onNotice: (notice: StoreNotice) => void,
  patienceMs = PATIENCE_MS,
): RunStore {
  const memory = new MemoryRunStore();
  /** How many events of a run come before those in memory. */
  const onward = new Map<string, number>();
  let failed = false;
  const fail = (thrown: unknown) => {
    if (!failed) onNotice(noticeOf(thrown));
    failed = true;
  };
  const write = async (action: (store: RunStore) => Promise<void>) => {
    if (!failed) {
      try {
        return await inTime(action(disk), patienceMs);
      } catch (thrown) {
        fail(thrown);
      }
    }
    await action(memory);
  };
  /** A disk that failed may still be readable; one that cannot be read has failed. */
  const onDisk = async <T>(action: (store: RunStore) => Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await inTime(action(disk), patienceMs);
    } catch (thrown) {
      fail(thrown);
      return otherwise;
    }
  };

  return {
    async list() {
      const inMemory = await memory.list();
      const newer = new Set(inMemory.map((run) => run.id));
      const older = (await onDisk((store) => store.list(), [])).filter(({ id }) => !newer.has(id));
      return [...inMemory, ...older].sort((a, b) => b.createdAt - a.createdAt);
    },
    run: async (id) => (await memory.run(id)) ?? onDisk((store) => store.run(id), undefined),
    put: (run) => write((store) => store.put(run)),
    async delete(id) {
      onward.delete(id);
      await memory.delete(id);
      await onDisk((store) => store.delete(id), undefined);
    },
    appendEvents: (id, events, from) =>
      write((store) => {
        if (store === memory && !onward.has(id)) onward.set(id, from);
        return store.appendEvents(id, events, from);
      }),
    async events(id) {
      const older = await onDisk((store) => store.events(id), []);
      // A write that was given up may have reached the disk after all.
      return [...older.slice(0, onward.get(id)), ...(await memory.events(id))];
    },
    async intactEvents(id) {
      const older = await onDisk((store) => store.intactEvents(id), 0);
      const before = onward.get(id) ?? Infinity;
      return older < before ? older : before + (await memory.intactEvents(id));
    },
    async truncateEvents(id, count) {
      const kept = await onDisk((store) => store.events(id), []);
      const before = onward.get(id) ?? Infinity;
      await memory.truncateEvents(id, Math.max(0, count - before));
      if (count <= before) onward.delete(id);
      if (kept.length <= count) return;
      await onDisk((store) => store.truncateEvents(id, count), undefined);
    },
    putCheckpoint: (id, checkpoint) => write((store) => store.putCheckpoint(id, checkpoint)),
    checkpoint: async (id) =>
      (await memory.checkpoint(id)) ?? onDisk((store) => store.checkpoint(id), undefined),
    async deleteCheckpoint(id) {
      await memory.deleteCheckpoint(id);
      await onDisk((store) => store.deleteCheckpoint(id), undefined);
    },
    putAdapter: (id, arm, files) => write((store) => store.putAdapter(id, arm, files)),
    adapters: async (id) => ({
      ...(await onDisk((store) => store.adapters(id), {})),
      ...(await memory.adapters(id)),
    }),
    damaged: () => onDisk((store) => store.damaged(), []),
  };
}

/** @throws Error where `work` takes longer than that */
function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the database does not answer')), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function noticeOf(thrown: unknown): StoreNotice {
  const name = thrown instanceof Error ? thrown.name : '';
  return name === 'QuotaExceededError'
    ? {
        message: 'This browser has no room left for runs, so new results last until you leave.',
        advice: 'Download what you want to keep, or delete old runs and reload.',
      }
    : {
        message: 'This browser does not let the page store runs, so results last until you leave.',
        advice: 'Download what you want to keep, or open the page outside private browsing.',
      };
}
