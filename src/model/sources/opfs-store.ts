// Downloaded bytes in the origin's private file system.
import type { BlobStore } from './blob-store.ts';

const ROOT = 'models';

/**
 * Writes go to a swap file that takes the place of the old one when it is complete.
 * @throws whatever the browser says where it has no such file system, or keeps it from this page
 */
export async function openOpfsStore(): Promise<BlobStore> {
  if (!('createWritable' in FileSystemFileHandle.prototype)) {
    throw new Error('this browser writes private files from workers only, and not atomically');
  }
  const root = await (
    await navigator.storage.getDirectory()
  ).getDirectoryHandle(ROOT, { create: true });

  const entries = async (directory: FileSystemDirectoryHandle | undefined, kind: string) => {
    const names: string[] = [];
    for await (const [name, handle] of directory?.entries() ?? []) {
      if (handle.kind === kind) names.push(name);
    }
    return names;
  };
  const existing = (folder: string) => found(root.getDirectoryHandle(folder));

  return {
    lasts: () => true,
    async get(folder, file) {
      const handle = await found((await existing(folder))?.getFileHandle(file));
      return handle && new Uint8Array(await (await handle.getFile()).arrayBuffer());
    },
    async put(folder, file, bytes) {
      const directory = await root.getDirectoryHandle(folder, { create: true });
      const handle = await directory.getFileHandle(file, { create: true });
      const writable = await handle.createWritable();
      try {
        await writable.write(bytes);
        await writable.close();
      } catch (thrown) {
        await writable.abort().catch(() => {});
        throw wasBrokenOff(thrown) ? noRoom() : thrown;
      }
    },
    async delete(folder, file) {
      await found((await existing(folder))?.removeEntry(file));
    },
    files: async (folder) => entries(await existing(folder), 'file'),
    folders: () => entries(root, 'directory'),
    async deleteFolder(folder) {
      await found(root.removeEntry(folder, { recursive: true }));
    },
  };
}

/**
 * Where the room ends while bytes are on their way, Chromium sometimes breaks off the pipe that they go
 * through, and says that instead. Nobody else aborts a write; how much room there is, it does not tell.
 */
const wasBrokenOff = (thrown: unknown) =>
  thrown instanceof DOMException && thrown.name === 'AbortError';

const noRoom = () => new DOMException('the disk has no room left', 'QuotaExceededError');

/** Undefined in place of a NotFoundError. */
async function found<T>(action: Promise<T> | undefined): Promise<T | undefined> {
  try {
    return await action;
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === 'NotFoundError') return undefined;
    throw thrown;
  }
}
