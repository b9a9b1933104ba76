// Writes files of a folder so that a kill, or the machine's end, leaves the old file or the new one.
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Written beside, put on the disk and moved into place; makes the folders that are missing. */
export async function writeInFolder(
  folder: string,
  name: string,
  content: string | Uint8Array,
): Promise<void> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  const file = await open(`${path}.new`, 'w');
  try {
    await file.writeFile(content);
    // Otherwise the name may be on the disk before what it names.
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  await syncFolder(dirname(path));
}

/** Puts the new name on the disk, too, where the system lets folders be opened. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  await folder?.sync().catch(() => {});
  await folder?.close();
}
