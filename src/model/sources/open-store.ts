// Opening the best store that this browser has for downloaded models.
import { type BlobStore, MemoryStore } from './blob-store.ts';
import { openCacheApiStore } from './cache-api-store.ts';
import { openOpfsStore } from './opfs-store.ts';
import { retreatingStore } from './retreating-store.ts';

/** Something a person should know that stops nothing; whole sentences. */
export interface Notice {
  readonly message: string;
  readonly advice: string;
}

/**
 * The private file system, else the Cache API, else memory.
 * @param onNotice told where models will not outlive the page, at once or when the disk is full
 */
export async function openBlobStore(onNotice: (notice: Notice) => void): Promise<BlobStore> {
  for (const open of [openOpfsStore, openCacheApiStore]) {
    try {
      return retreatingStore(await open(), (_, reason) => onNotice(refusedRoom(reason)));
    } catch {
      // Private mode, plain http or an older browser; the next store may do.
    }
  }
  onNotice({
    message: 'This browser does not let the page keep models, so they last until you leave.',
    advice: 'Open the page over https and outside private browsing to keep them.',
  });
  return new MemoryStore();
}

function refusedRoom(reason: unknown): Notice {
  const full = reason instanceof DOMException && reason.name === 'QuotaExceededError';
  const why = full ? 'has no room left for this model' : 'refuses to keep this model';
  return {
    message: `This browser ${why}, so it is held in memory until you leave.`,
    advice: 'Delete cached models you no longer need, or free disk space, to keep this one.',
  };
}
