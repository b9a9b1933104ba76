// Files that are made once and kept beside the packages, for all processes and threads.
import { access, mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { threadId } from 'node:worker_threads';

export const KEPT = fileURLToPath(new URL('../node_modules/.cache/lab-kernels/', import.meta.url));

/** @param name under `KEPT` @param write makes the file at the place it is given @returns where it lies */
export async function keptFile(
  name: string,
  write: (place: string) => Promise<unknown>,
): Promise<string> {
  const file = join(KEPT, name);
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (isThere) return file;
  await mkdir(dirname(file), { recursive: true });
  // Renamed when it is whole: others may make it, and read it, at the same time.
  const part = `${file}.${process.pid}-${threadId}`;
  await write(part);
  await rename(part, file);
  return file;
}
