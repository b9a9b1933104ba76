// Writing the safetensors format, byte for byte as the reference library lays it out.
import { narrowToBf16 } from './float-formats.ts';

export interface TensorToWrite {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * A file of the given tensors: the header padded with spaces to 8 bytes, tensors in the order of
 * their names (the reference library sorts so within a dtype).
 * @param dtype How the values are stored; BF16 rounds to nearest, ties to even.
 * @param metadata Texts stored under `__metadata__`; `{format: 'pt'}` is what PyTorch tools expect.
 * @throws RangeError where a tensor's data does not fill its shape.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, TensorToWrite>,
  { dtype = 'F32', metadata = { format: 'pt' } }: WriteOptions = {},
): Uint8Array<ArrayBuffer> {
  const itemBytes = dtype === 'F32' ? 4 : 2;
  const sorted = [...tensors].sort(([a], [b]) => (a < b ? -1 : 1));
  const header: [string, unknown][] = [['__metadata__', metadata]];
  let offset = 0;
  for (const [name, { shape, data }] of sorted) {
    if (shape.reduce((all, extent) => all * extent, 1) !== data.length) {
      throw new RangeError(
        `tensor ${name}: ${data.length} values do not fill [${shape.join(', ')}]`,
      );
    }
    const end = offset + data.length * itemBytes;
    header.push([name, { dtype, shape, data_offsets: [offset, end] }]);
    offset = end;
  }

  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerLength = Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(8 + headerLength + offset).fill(0x20, 8, 8 + headerLength);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  file.set(json, 8);
  let at = 8 + headerLength;
  for (const [, { data }] of sorted) {
    const stored = dtype === 'F32' ? data : narrowToBf16(data);
    file.set(new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength), at);
    at += stored.byteLength;
  }
  return file;
}

interface WriteOptions {
  readonly dtype?: 'F32' | 'BF16';
  readonly metadata?: Readonly<Record<string, string>>;
}
