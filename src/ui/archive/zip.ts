// Zip files, made and read.
import { strToU8, unzipSync, zipSync, type Zippable } from 'fflate';
import { InputError } from '../../core/errors.ts';

export type ZippedFiles = ReadonlyMap<string, string | Uint8Array<ArrayBuffer>>;

/** Weights do not get smaller, and take their time. */
const DENSE = /\.(safetensors|gguf)$/;

/** @param changed of all files, milliseconds since 1970 */
export function zipped(files: ZippedFiles, changed: number): Uint8Array<ArrayBuffer> {
  const entries: Zippable = {};
  for (const [path, content] of files) {
    const bytes = typeof content === 'string' ? strToU8(content) : content;
    entries[path] = [bytes, { level: DENSE.test(path) ? 0 : 6 }];
  }
  return zipSync(entries, { mtime: changed });
}

/** Unpacked, all files together: adapters of many arms, and still no more than a tab can hold. */
const MOST_BYTES = 2 ** 30;

/**
 * The files of a zip by their paths.
 * @param isWanted the others are not unpacked
 * @throws InputError where it is none, or unpacks to more than `MOST_BYTES`
 */
export function unzipped(
  zip: Uint8Array<ArrayBuffer>,
  name: string,
  isWanted: (path: string) => boolean,
): Map<string, Uint8Array<ArrayBuffer>> {
  let total = 0;
  const filter = ({ name: path, originalSize }: { name: string; originalSize: number }) => {
    if (!isWanted(path)) return false;
    total += originalSize;
    if (total <= MOST_BYTES) return true;
    throw new InputError(
      `${name} unpacks to more than ${MOST_BYTES / 2 ** 20} MB`,
      'Unpack it, and open results.json alone.',
      name,
    );
  };
  try {
    return new Map(
      Object.entries(unzipSync(zip, { filter }) as Record<string, Uint8Array<ArrayBuffer>>),
    );
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(
      `${name} cannot be unpacked (${(error as Error).message})`,
      'Download it again, or give results.json alone.',
      name,
    );
  }
}
