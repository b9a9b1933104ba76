// The safetensors format: named tensors in one file, in memory or read from it when asked for.
import { shown } from './checked.ts';
import { requiredFile, type ModelFiles } from './model-files.ts';
import {
  damaged,
  headerLength,
  LENGTH_BYTES,
  parseHeader,
  type SafetensorsHeader,
} from './safetensors-header.ts';
import {
  fileTensor,
  memoryTensor,
  type CheckpointTensor,
  type TensorFile,
} from './stored-tensor.ts';

/**
 * The tensors of a file in memory, as views of it. Memory is bounded by the size of the file:
 * nothing is allocated on the header's word.
 * @param source What to call the file in errors.
 * @throws InputError naming the file and the tensor, as `parseHeader`.
 */
export function readSafetensors(bytes: Uint8Array, source: string): TensorFile {
  const start = LENGTH_BYTES + headerLength(bytes, bytes.length, source);
  const header = parseHeader(bytes.subarray(LENGTH_BYTES, start), bytes.length, source);
  return tensorFile(header, (name, { dtype, shape, start: from, end: to }) =>
    memoryTensor(dtype, shape, bytes.subarray(from, to), tensorIn(source, name)),
  );
}

/**
 * The tensors of a file in a folder. Only the header is read if the folder can read parts of files,
 * and the tensors' bytes whenever they are asked for; otherwise the file is in memory from now on.
 * @throws InputError as `readSafetensors`, or where the folder has no such file.
 */
export async function openSafetensors(
  files: ModelFiles,
  name: string,
): Promise<TensorFile<CheckpointTensor>> {
  const size = files.range && (await files.size?.(name));
  if (size === undefined) return readSafetensors(await requiredFile(files, name), name);
  const load = async (from: number, to: number) => {
    const part = await files.range!(name, from, to);
    if (part.length === to - from) return part;
    throw damaged(`${name}: ${part.length} bytes came instead of bytes ${from} to ${to}`);
  };
  const start =
    LENGTH_BYTES + headerLength(await load(0, Math.min(LENGTH_BYTES, size)), size, name);
  const header = parseHeader(await load(LENGTH_BYTES, start), size, name);
  return tensorFile(header, (tensor, entry) => fileTensor(entry, load, tensorIn(name, tensor)));
}

function tensorFile<T extends CheckpointTensor>(
  { entries, metadata }: SafetensorsHeader,
  tensorOf: (name: string, entry: NonNullable<ReturnType<typeof entries.get>>) => T,
): TensorFile<T> {
  const tensors = new Map([...entries].map(([name, entry]) => [name, tensorOf(name, entry)]));
  return { tensors, metadata };
}

const tensorIn = (source: string, name: string) => `${source}: tensor ${shown(name)}`;
