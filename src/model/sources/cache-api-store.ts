// Downloaded bytes in the Cache API, for browsers without a private file system.
import type { BlobStore } from './blob-store.ts';

const NAME = 'models';
/** Keys must be addresses; nothing is ever fetched from this one. */
const BASE = 'https://cache.invalid/';

/** @throws whatever the browser says where it has no cache, or keeps it from this page */
export async function openCacheApiStore(): Promise<BlobStore> {
  const cache = await caches.open(NAME);
  const key = (folder: string, file: string) =>
    `${BASE}${encodeURIComponent(folder)}/${encodeURIComponent(file)}`;
  const paths = async () =>
    (await cache.keys()).map(({ url }) =>
      url.slice(BASE.length).split('/').map(decodeURIComponent),
    );
  const files = async (folder: string) =>
    (await paths()).flatMap(([of, file]) => (of === folder && file !== undefined ? [file] : []));

  return {
    lasts: () => true,
    async get(folder, file) {
      const response = await cache.match(key(folder, file));
      return response && new Uint8Array(await response.arrayBuffer());
    },
    put: (folder, file, bytes) => cache.put(key(folder, file), new Response(bytes)),
    async delete(folder, file) {
      await cache.delete(key(folder, file));
    },
    files,
    folders: async () => [...new Set((await paths()).map(([folder = '']) => folder))],
    async deleteFolder(folder) {
      for (const file of await files(folder)) await cache.delete(key(folder, file));
    },
  };
}
