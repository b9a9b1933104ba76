// Opening the run store, in the browser's database where that works and in memory where not.
import { openIdbRunStore } from './idb-run-store.ts';
import { MemoryRunStore } from './memory-run-store.ts';
import type { RunStore, StoreNotice } from './run-store.ts';

/**
 * Opens the store of this browser. Where the browser refuses (private mode, a full disk, no
 * IndexedDB), at once or later, it goes on in memory and says so through `onNotice`, once.
 */
export async function openRunStore(onNotice: (notice: StoreNotice) => void): Promise<RunStore> {
  try {
    return keepGoing(await openIdbRunStore(), onNotice);
  } catch (thrown) {
    onNotice(noticeOf(thrown));
    return new MemoryRunStore();
  }
}

/** Writes to `disk` until that fails, then to memory; reads join what is in both. */
export function keepGoing(disk: RunStore, onNotice: (notice: StoreNotice) => void): RunStore {
  const memory = new MemoryRunStore();
  let failed = false;
  const write = async (action: (store: RunStore) => Promise<void>) => {
    if (!failed) {
      try {
        return await action(disk);
      } catch (thrown) {
        failed = true;
        onNotice(noticeOf(thrown));
      }
    }
    await action(memory);
  };
  /** A disk that failed may still be readable. */
  const onDisk = <T>(action: Promise<T>, otherwise: T) =>
    failed ? action.catch(() => otherwise) : action;

  return {
    async list() {
      const inMemory = await memory.list();
      const newer = new Set(inMemory.map((run) => run.id));
      const older = (await onDisk(disk.list(), [])).filter((run) => !newer.has(run.id));
      return [...inMemory, ...older].sort((a, b) => b.createdAt - a.createdAt);
    },
    put: (run) => write((store) => store.put(run)),
    async delete(id) {
      await memory.delete(id);
      await onDisk(disk.delete(id), undefined);
    },
    appendEvents: (id, events) => write((store) => store.appendEvents(id, events)),
    async events(id) {
      return [...(await onDisk(disk.events(id), [])), ...(await memory.events(id))];
    },
    async truncateEvents(id, count) {
      const kept = await onDisk(disk.events(id), []);
      await memory.truncateEvents(id, Math.max(0, count - kept.length));
      if (kept.length > count) await disk.truncateEvents(id, count);
    },
    putCheckpoint: (id, checkpoint) => write((store) => store.putCheckpoint(id, checkpoint)),
    checkpoint: async (id) =>
      (await memory.checkpoint(id)) ?? (await onDisk(disk.checkpoint(id), undefined)),
    putAdapter: (id, arm, files) => write((store) => store.putAdapter(id, arm, files)),
    adapters: async (id) => ({
      ...(await onDisk(disk.adapters(id), {})),
      ...(await memory.adapters(id)),
    }),
  };
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
