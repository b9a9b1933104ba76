// A model folder as a function from file name to contents, whatever it is stored in.
import { InputError } from '../../core/errors.ts';
import { jsonObject } from './checked.ts';
import { missingFile } from './missing-file.ts';
import { refuseLarge } from './size-limits.ts';
import type { CheckpointTensor, TensorFile } from './stored-tensor.ts';

/**
 * A folder, read file by file. A plain function from name to contents is one; folders that can read
 * a part of a file without the rest have the two methods, too.
 */
export interface ModelFiles {
  /** The bytes of a file; undefined where the folder has no such file. */
  (name: string): Promise<Uint8Array | undefined>;
  /**
   * Bytes `from` up to, but without, `to`, all of them.
   * @throws InputError where the folder has no such file, or the file ends before `to`.
   */
  range?(name: string, from: number, to: number): Promise<Uint8Array>;
  /** Length of a file in bytes; undefined where the folder has no such file. */
  size?(name: string): Promise<number | undefined>;
  /** Paths of all files, or of those near the top. */
  names?(): Promise<readonly string[]>;
  /** A file of JSON that lies in no bytes, as it would be parsed. */
  json?(name: string): Promise<object | undefined>;
  /** The weights, where they are in no safetensors file. */
  tensors?(): Promise<TensorFile<CheckpointTensor>>;
}

/** A folder whose files can be read in parts. */
export type SeekableFiles = ModelFiles & Required<Pick<ModelFiles, 'range' | 'size'>>;

/** The same folder; where it can only read whole files, parts are cut from those. */
export function seekable(files: ModelFiles): SeekableFiles {
  return Object.assign((name: string) => files(name), {
    async range(name: string, from: number, to: number) {
      if (files.range) return files.range(name, from, to);
      const bytes = await requiredFile(files, name);
      if (to <= bytes.length) return bytes.subarray(from, to);
      throw endsBefore(name, to, bytes.length);
    },
    size: async (name: string) => (files.size ? files.size(name) : (await files(name))?.length),
    ...(files.names && { names: () => files.names!() }),
  });
}

/** The same folder read file by file, each once and whole: for small ones. */
export function wholeFiles(files: ModelFiles): SeekableFiles {
  const contents = new Map<string, Promise<Uint8Array | undefined>>();
  return seekable((name) => {
    const bytes = contents.get(name) ?? files(name);
    contents.set(name, bytes);
    bytes.catch(() => contents.delete(name));
    return bytes;
  });
}

/** What reading beyond the end of a file throws. @param size its length in bytes */
export function endsBefore(name: string, end: number, size: number): InputError {
  return new InputError(
    `${name} has ${size} bytes and ends before byte ${end}.`,
    'Download or export the file again; it is cut off.',
    name,
  );
}

/** A folder held in memory. */
export function memoryFolder(contents: ReadonlyMap<string, Uint8Array>): ModelFiles {
  return Object.assign((name: string) => Promise.resolve(contents.get(name)), {
    names: () => Promise.resolve([...contents.keys()]),
  });
}

/**
 * A JSON file of the folder that must hold an object; undefined where the file is absent.
 * @throws InputError where it is not JSON, or not an object.
 */
export async function optionalJson(files: ModelFiles, name: string): Promise<object | undefined> {
  const parsed = await files.json?.(name);
  if (parsed) return parsed;
  const bytes = await files(name);
  if (bytes) refuseLarge(name, bytes.length);
  return bytes && jsonObject(bytes, name);
}

/** As `optionalJson`, for a file that must be there. */
export async function requiredJson(files: ModelFiles, name: string): Promise<object> {
  const found = await optionalJson(files, name);
  if (found) return found;
  throw await missingFile(files, name);
}

/** @throws InputError where the folder has no such file. */
export async function requiredFile(files: ModelFiles, name: string): Promise<Uint8Array> {
  const bytes = await files(name);
  if (bytes) return bytes;
  throw await missingFile(files, name);
}
