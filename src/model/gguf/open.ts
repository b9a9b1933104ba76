// A GGUF file in a folder, opened: its keys, and tensors whose bytes are read when they are asked for.
import { shown } from '../files/checked.ts';
import { missingFile } from '../files/missing-file.ts';
import { seekable, type ModelFiles } from '../files/model-files.ts';
import { MoreNeeded } from './cursor.ts';
import { damagedGguf } from './faults.ts';
import { parseGguf, type GgufHeader } from './header.ts';
import type { LoadBytes } from './tensor.ts';

/** What is read first: most headers, vocabularies among them, have 2 to 12 MB. */
const FIRST = 2 ** 21;

/** Bytes of a header, which is held whole. The largest published, of 260,000 tokens with merges, has 15 MB. */
const LARGEST_HEADER = 64 * 2 ** 20;

export interface GgufFile extends GgufHeader {
  /** What to call it in errors. */
  readonly source: string;
  readonly load: LoadBytes;
  /** What to call a tensor of it in errors. */
  where(tensor: string): string;
}

/** @throws InputError where the folder has no such file, or anything in its header is wrong */
export async function openGguf(files: ModelFiles, name: string): Promise<GgufFile> {
  const folder = seekable(files);
  const size = await folder.size(name);
  if (size === undefined) throw await missingFile(files, name);
  const load = async (from: number, to: number) => {
    const part = await folder.range(name, from, to);
    if (part.length === to - from) return part;
    throw damagedGguf(name, `${part.length} bytes came instead of bytes ${from} to ${to}`);
  };
  for (let end = Math.min(size, FIRST); ;) {
    try {
      const header = parseGguf(await load(0, end), size, name);
      const where = (tensor: string) => `${name}: tensor ${shown(tensor)}`;
      return { ...header, source: name, load, where };
    } catch (thrown) {
      if (!(thrown instanceof MoreNeeded)) throw thrown;
      if (thrown.bytes > LARGEST_HEADER) {
        throw damagedGguf(name, `has a header of more than ${LARGEST_HEADER / 2 ** 20} MiB`);
      }
      // Read from the beginning anew, so that a large one is not read often.
      end = Math.min(size, Math.max(4 * end, thrown.bytes));
    }
  }
}
