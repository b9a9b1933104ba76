// A model or adapter folder on disk.
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InputError } from '../src/core/errors.ts';
import { endsBefore, type ModelFiles, type SeekableFiles } from '../src/model/files/model-files.ts';
import { isGguf, onlyGguf } from '../src/model/gguf-folder.ts';
import { refuseLarge } from '../src/model/files/size-limits.ts';

/**
 * The files of a directory, read when asked for, in parts or whole; of a GGUF file, what belongs to it.
 * @throws InputError where `path` is neither, or a file cannot be read.
 */
export async function nodeFolder(path: string): Promise<ModelFiles> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() && isGguf(path))
    return onlyGguf(directoryFiles(dirname(path)), basename(path));
  if (!found?.isDirectory()) {
    throw new InputError(
      `${path} is not a folder or a GGUF file.`,
      'Give the path of a folder in Hugging Face layout, or of a .gguf file.',
      'model',
    );
  }
  return directoryFiles(path);
}

function directoryFiles(directory: string): SeekableFiles {
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
