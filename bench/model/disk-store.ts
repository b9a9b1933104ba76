// Downloaded models in a folder of the disk: what the browser's private file system is to the page.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobStore } from '../../src/model/sources/blob-store.ts';

export class DiskStore implements BlobStore {
  constructor(private readonly root: string) {}

  lasts() {
    return true;
  }

  async get(folder: string, file: string) {
    const bytes = await readFile(join(this.root, folder, file)).catch(() => undefined);
    return bytes && new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Beside its place first, so that a file is there whole or not at all. */
  async put(folder: string, file: string, bytes: Uint8Array<ArrayBuffer>) {
    await mkdir(join(this.root, folder), { recursive: true });
    const beside = join(this.root, `${folder}.${file}`);
    await writeFile(beside, bytes);
    await rename(beside, join(this.root, folder, file));
  }

  async delete(folder: string, file: string) {
    await rm(join(this.root, folder, file), { force: true });
  }

  async files(folder: string) {
    return readdir(join(this.root, folder)).catch(() => []);
  }

  async folders() {
    const entries = await readdir(this.root, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  }

  async deleteFolder(folder: string) {
    await rm(join(this.root, folder), { recursive: true, force: true });
  }
}
