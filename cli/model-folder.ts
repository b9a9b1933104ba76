// A model or adapter folder on disk.
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../src/core/errors.ts';
import { endsBefore, type SeekableFiles } from '../src/model/files/model-files.ts';
import { refuseLarge } from '../src/model/files/size-limits.ts';

/**
 * The files of a directory, read when asked for, in parts or whole.
 * @throws InputError where `directory` is not one, or a file of it cannot be read.
 */
export async function nodeFolder(directory: string): Promise<SeekableFiles> {
  const found = await stat(directory).catch(() => undefined);
  if (!found?.isDirectory()) {
    throw new InputError(
      `${directory} is not a folder.`,
      'Give the path of a folder in Hugging Face layout.',
      'model',
    );
  }
  const at = (name: string) => join(directory, name);
  const size = (name: string) =>
    unlessMissing(
      name,
      stat(at(name)).then((file) => file.size),
    );
  const whole = async (name: string) => {
    refuseLarge(name, (await size(name)) ?? 0);
    return unlessMissing(name, readFile(at(name)).then(plainBytes));
  };
  return Object.assign(whole, {
    size,
    async names() {
      const entries = await readdir(directory, { withFileTypes: true });
      return entries.map((entry) => entry.name + (entry.isDirectory() ? '/' : ''));
    },
    range: async (name: string, from: number, to: number) => {
      const bytes = await unlessMissing(name, readRange(at(name), from, to));
      if (bytes?.length === to - from) return bytes;
      throw endsBefore(name, to, from + (bytes?.length ?? 0));
    },
  });
}

/** @throws InputError where a file is there, but cannot be read */
async function unlessMissing<T>(name: string, reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    const { code, message, path = name } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new InputError(`${path} cannot be read (${message}).`, 'Check the file.', name);
  }
}

const plainBytes = ({ buffer, byteOffset, byteLength }: Buffer) =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** As many of the bytes as the file has. */
async function readRange(path: string, from: number, to: number): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const bytes = new Uint8Array(to - from);
    let read = 0;
    while (read < bytes.length) {
      const { bytesRead } = await file.read(bytes, read, bytes.length - read, from + read);
      if (bytesRead === 0) return bytes.subarray(0, read);
      read += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}
