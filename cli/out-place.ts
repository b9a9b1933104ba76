// Where a command writes: found unwritable before the work starts, and named in one line.
import { randomUUID } from 'node:crypto';
import { mkdir, open, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { getSystemErrorMap } from 'node:util';
import { InputError } from '../src/core/errors.ts';
import { kinds, option, type Option } from './options.ts';

/** A file to be written. */
export const outFile = (value: string, help: string): Option<string | undefined> => ({
  ...option(value, help, kinds.some),
  check: async (path, name) => {
    if (path !== undefined) await asOut(path, name, () => tryFile(path));
  },
});

/** A folder to be filled. */
export const outFolder = (value: string, help: string): Option<string | undefined> => ({
  ...option(value, help, kinds.some),
  check: async (path, name) => {
    if (path !== undefined) await asOut(path, name, () => tryFolder(path));
  },
});

/** Leaves nothing behind. @throws what the system says */
async function tryFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  // Opening a pipe would wait for its reader.
  if (found && !found.isFile() && !found.isDirectory()) return;
  await (await open(path, found ? 'r+' : 'wx')).close();
  if (!found) await rm(path);
}

async function tryFolder(path: string): Promise<void> {
  const made = await makeFolder(path);
  try {
    const file = join(path, `.${randomUUID()}`);
    await writeFile(file, '', { flag: 'wx' });
    await rm(file);
  } finally {
    for (const folder of made.reverse()) await rmdir(folder);
  }
}

/**
 * Makes a folder and those around it, one by one: `mkdir` with `recursive` never ends below `/proc`.
 * @returns those that it made, from the outside in
 */
async function makeFolder(path: string): Promise<string[]> {
  const missing: string[] = [];
  let folder = resolve(path);
  while ((await stat(folder).catch(unlessMissing)) === undefined) {
    missing.unshift(folder);
    folder = dirname(folder);
  }
  const made: string[] = [];
  for (const one of missing) {
    await mkdir(one);
    made.push(one);
  }
  return made;
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

/** What the disk is to blame for, not the caller. */
const FAILURES = new Set(['ENOSPC', 'EIO', 'EDQUOT', 'EFBIG', 'EPIPE']);

/**
 * Writes somewhere that the caller named.
 * @throws InputError if it cannot be written; Error if the disk failed meanwhile
 */
export async function asOut<T>(path: string, name: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const message = `${path} cannot be written (${reasonOf(error)})`;
    if (FAILURES.has((error as NodeJS.ErrnoException).code ?? '')) {
      throw new Error(message, { cause: error });
    }
    throw new InputError(message, `give another --${name}`, name);
  }
}

/** In the system's words, without codes and calls. */
export function reasonOf(error: unknown): string {
  const { errno, message } = error as NodeJS.ErrnoException;
  const [, words] = (errno !== undefined && getSystemErrorMap().get(errno)) || [];
  return words ?? message;
}
