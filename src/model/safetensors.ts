// The safetensors format: named tensors in one file, read with every claim of its header checked.
import * as v from 'valibot';
import { InputError } from '../core/errors.ts';
import { checked, jsonObject, shown } from './checked.ts';
import { duplicateKey } from './duplicate-key.ts';
import { widenBf16, widenF16 } from './float-formats.ts';

/** Bytes per element. The format's sub-byte types are left out: no model we read has them. */
const ITEM_BYTES = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
} as const;

export type Dtype = keyof typeof ITEM_BYTES;

export interface StoredTensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Little-endian, row-major; a view into the file. */
  readonly bytes: Uint8Array;
  /**
   * A fresh copy as F32, F16 and BF16 widened exactly.
   * @throws InputError for every other dtype.
   */
  read(): Float32Array;
}

export interface TensorFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

const LENGTH_BYTES = 8;
/** The reference library's limit. */
const LARGEST_HEADER = 100_000_000;

const size = v.pipe(
  v.number('must be a number'),
  v.safeInteger('must be a whole number'),
  v.minValue(0, 'must not be negative'),
);

const entrySchema = v.object({
  dtype: v.picklist(
    Object.keys(ITEM_BYTES) as Dtype[],
    `must be one of ${Object.keys(ITEM_BYTES).join(', ')}`,
  ),
  shape: v.array(size, 'must be a list of sizes'),
  data_offsets: v.strictTuple([size, size], 'must be two offsets'),
});

const metadataSchema = v.nullish(
  v.record(v.string(), v.string('must be text'), 'must be an object of texts'),
  {},
);

/**
 * The tensors of a file. Memory is bounded by the size of the file: nothing is allocated on the
 * header's word. Checked as the reference library does: the header's length, JSON and keys; every
 * shape against its byte range; ranges that tile the data without gap or overlap.
 * @param source What to call the file in errors.
 * @throws InputError naming the file and the tensor.
 */
export function readSafetensors(bytes: Uint8Array, source: string): TensorFile {
  const { header, data } = splitHeader(bytes, source);
  const { __metadata__, ...entries } = header;
  const metadata = checked(metadataSchema, __metadata__, `${source}: __metadata__`);

  const tensors = new Map<string, StoredTensor>();
  const ranges: { name: string; start: number; end: number }[] = [];
  for (const [name, raw] of Object.entries(entries)) {
    const where = `${source}: tensor ${shown(name)}`;
    const { dtype, shape, data_offsets } = checked(entrySchema, raw, where);
    const [start, end] = data_offsets;
    const expected = byteLength(dtype, shape);
    if (end > data.length || start > end) {
      throw damaged(`${where} claims bytes ${start} to ${end} of ${data.length}`);
    }
    if (end - start !== expected) {
      throw damaged(
        `${where} is ${dtype} ${shown(shape)}, ${expected} bytes, but its range holds ${end - start}`,
      );
    }
    ranges.push({ name, start, end });
    tensors.set(name, storedTensor(dtype, shape, data.subarray(start, end), where));
  }

  let covered = 0;
  for (const { name, start, end } of ranges.sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (start !== covered) {
      const problem = start < covered ? 'overlaps the one before it' : 'leaves a gap before it';
      throw damaged(`${source}: tensor ${shown(name)} ${problem} (bytes ${start} to ${end})`);
    }
    covered = end;
  }
  if (covered !== data.length) {
    throw damaged(`${source}: ${data.length - covered} bytes at the end belong to no tensor`);
  }
  return { tensors, metadata };
}

function splitHeader(bytes: Uint8Array, source: string) {
  if (bytes.length < LENGTH_BYTES) {
    throw damaged(`${source}: ${bytes.length} bytes are too few for a safetensors file`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES);
  const length = Number(view.getBigUint64(0, true));
  if (length > Math.min(LARGEST_HEADER, bytes.length - LENGTH_BYTES)) {
    throw damaged(`${source}: claims a header of ${length} bytes in a file of ${bytes.length}`);
  }
  const text = bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length);
  const header = jsonObject(text, `${source}: header`);
  const twice = duplicateKey(new TextDecoder().decode(text));
  if (twice !== undefined) throw damaged(`${source}: the header names ${shown(twice)} twice`);
  return {
    header: header as Record<string, unknown>,
    data: bytes.subarray(LENGTH_BYTES + length),
  };
}

/** Infinity where the product cannot be counted, so that it equals no range. */
function byteLength(dtype: Dtype, shape: readonly number[]): number {
  const product = shape.reduce((all, extent) => all * extent, ITEM_BYTES[dtype]);
  return Number.isSafeInteger(product) ? product : Infinity;
}

function storedTensor(
  dtype: Dtype,
  shape: readonly number[],
  bytes: Uint8Array,
  where: string,
): StoredTensor {
  return {
    dtype,
    shape,
    bytes,
    read() {
      const aligned = new Uint8Array(bytes).buffer; // `slice` of a Node Buffer would not copy
      switch (dtype) {
        case 'F32':
          return new Float32Array(aligned);
        case 'BF16':
          return widenBf16(new Uint16Array(aligned));
        case 'F16':
          return widenF16(new Uint16Array(aligned));
        default:
          throw new InputError(
            `${where} is ${dtype}; weights must be F32, F16 or BF16.`,
            'Use a version of the model that is not quantized.',
          );
      }
    },
  };
}

function damaged(problem: string): InputError {
  return new InputError(
    `${problem}.`,
    'Download or export the file again; it is cut off, damaged, or not a safetensors file.',
  );
}
