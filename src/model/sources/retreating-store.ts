// A store that goes on in memory, folder by folder, where the disk refuses.
import { type BlobStore, MemoryStore } from './blob-store.ts';

/**
 * A folder whose next file finds no room moves to memory altogether: half a model on the disk would
 * only take room from results.
 * @param onRetreat told once per folder
 */
export function retreatingStore(
  disk: BlobStore,
  onRetreat: (folder: string, reason: unknown) => void,
): BlobStore {
  const memory = new MemoryStore();
  const retreated = new Set<string>();
  const home = (folder: string) => (retreated.has(folder) ? memory : disk);

  async function retreat(folder: string, reason: unknown): Promise<void> {
    for (const file of await disk.files(folder)) {
      const bytes = await disk.get(folder, file).catch(() => undefined);
      if (bytes) await memory.put(folder, file, bytes);
    }
    retreated.add(folder);
    onRetreat(folder, reason);
    await disk.deleteFolder(folder).catch(() => {});
  }

  return {
    lasts: (folder) => home(folder).lasts(folder),
    get: (folder, file) => home(folder).get(folder, file),
    async put(folder, file, bytes) {
      try {
        return await home(folder).put(folder, file, bytes);
      } catch (thrown) {
        await retreat(folder, thrown);
      }
      await memory.put(folder, file, bytes);
    },
    delete: (folder, file) => home(folder).delete(folder, file),
    files: (folder) => home(folder).files(folder),
    async folders() {
      const onDisk = (await disk.folders()).filter((folder) => !retreated.has(folder));
      return [...onDisk, ...(await memory.folders())];
    },
    async deleteFolder(folder) {
      await home(folder).deleteFolder(folder);
      retreated.delete(folder);
    },
  };
}
