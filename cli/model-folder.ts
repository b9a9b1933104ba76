// A model or adapter folder on disk.
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../src/core/errors.ts';
import type { ModelFiles } from '../src/model/model-files.ts';

/**
 * The files of a directory, read when asked for.
 * @throws InputError where `directory` is not one, or a file of it cannot be read.
 */
export async function nodeFolder(directory: string): Promise<ModelFiles> {
  const found = await stat(directory).catch(() => undefined);
  if (!found?.isDirectory()) {
    throw new InputError(
      `${directory} is not a folder.`,
      'Give the path of a folder in Hugging Face layout.',
      'model',
    );
  }
  return async (name) => {
    const path = join(directory, name);
    try {
      const { buffer, byteOffset, byteLength } = await readFile(path);
      return new Uint8Array(buffer, byteOffset, byteLength);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return undefined;
      throw new InputError(`${path} cannot be read (${message}).`, 'Check the file.', name);
    }
  };
}
