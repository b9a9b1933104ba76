// Writing the safetensors format, byte for byte as the reference library lays it out.
import { narrowToBf16 } from './float-formats.ts';
import { ITEM_BYTES, LENGTH_BYTES, type Dtype } from './safetensors-header.ts';

export interface TensorToWrite {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface WriteOptions {
  /** How the values are stored; BF16 rounds to nearest, ties to even. */
  readonly dtype?: 'F32' | 'BF16';
  /** Texts stored under `__metadata__`; `{format: 'pt'}` is what PyTorch tools expect. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Where everything of a file lies. */
export interface SafetensorsLayout {
  /** The beginning of the file, up to the tensors. */
  readonly header: Uint8Array<ArrayBuffer>;
  /** Position of each tensor in the file, in bytes; in the file's order. */
  readonly positions: ReadonlyMap<string, number>;
  /** Size of the file in bytes. */
  readonly size: number;
}

/** As `layOutTensors`, of tensors that are all stored alike. */
export function layOutSafetensors(
  shapes: ReadonlyMap<string, readonly number[]>,
  { dtype = 'F32', metadata = { format: 'pt' } }: WriteOptions = {},
): SafetensorsLayout {
  const tensors = new Map([...shapes].map(([name, shape]) => [name, { dtype, shape }]));
  return layOutTensors(tensors, metadata);
}

/**
 * Lays out a file: the header padded with spaces to 8 bytes; tensors by their types, wide ones
 * first, and by name within a type, as the reference library sorts.
 */
export function layOutTensors(
  tensors: ReadonlyMap<string, { readonly dtype: Dtype; readonly shape: readonly number[] }>,
  metadata: Readonly<Record<string, string>>,
): SafetensorsLayout {
  const ranks = Object.keys(ITEM_BYTES);
  const sorted = [...tensors].sort(
    ([a, { dtype: left }], [b, { dtype: right }]) =>
      ranks.indexOf(right) - ranks.indexOf(left) || (a < b ? -1 : 1),
  );
  const entries: [string, unknown][] = [['__metadata__', metadata]];
  const offsets = new Map<string, number>();
  let end = 0;
  for (const [name, { dtype, shape }] of sorted) {
    offsets.set(name, end);
    const begin = end;
    end += sizeOf(shape) * ITEM_BYTES[dtype];
    entries.push([name, { dtype, shape, data_offsets: [begin, end] }]);
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const start = LENGTH_BYTES + Math.ceil(json.length / 8) * 8;
  const header = new Uint8Array(start).fill(0x20, LENGTH_BYTES);
  new DataView(header.buffer).setBigUint64(0, BigInt(start - LENGTH_BYTES), true);
  header.set(json, LENGTH_BYTES);
  const positions = new Map([...offsets].map(([name, offset]) => [name, start + offset]));
  return { header, positions, size: start + end };
}

/**
 * A file of the given tensors.
 * @throws Error where a tensor's data does not fill its shape.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, TensorToWrite>,
  options: WriteOptions = {},
): Uint8Array<ArrayBuffer> {
  const shapes = new Map([...tensors].map(([name, { shape }]) => [name, shape]));
  const { header, positions, size } = layOutSafetensors(shapes, options);
  const file = new Uint8Array(size);
  file.set(header);
  for (const [name, { shape, data }] of tensors) {
    if (sizeOf(shape) !== data.length) {
      throw new Error(`tensor ${name}: ${data.length} values do not fill [${shape.join(', ')}]`);
    }
    const stored = options.dtype === 'BF16' ? narrowToBf16(data) : data;
    const bytes = new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
    file.set(bytes, positions.get(name)!);
  }
  return file;
}

const sizeOf = (shape: readonly number[]) => shape.reduce((all, extent) => all * extent, 1);
