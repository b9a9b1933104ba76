// A tensor of a file: its values, widened to F32 or as 16-bit words, when they are asked for.
import { InputError } from '../../core/errors.ts';
import type { BlockCodes, CodeForm } from '../../tensor/block-codes.ts';
import type { BlockType } from './block-types.ts';
import { widenBf16, widenF16 } from './float-formats.ts';
import { ITEM_BYTES, type Dtype, type TensorEntry } from './safetensors-header.ts';

/**
 * A tensor whose bytes may still be on disk: await what it gives. Every method takes elements `from`
 * up to, but without, `to` in row-major order; without arguments all of them. Values are read anew
 * at every call, and nothing is kept.
 */
export interface CheckpointTensor {
  readonly dtype: Dtype | BlockType;
  readonly shape: readonly number[];
  /** As stored, little-endian; may be a view of the file, so do not write into it. */
  bytes(from?: number, to?: number): Uint8Array | Promise<Uint8Array>;
  /**
   * A fresh copy as F32; F16, BF16 and blocks are widened exactly.
   * @throws InputError for every other dtype.
   */
  read(from?: number, to?: number): Float32Array | Promise<Float32Array>;
  /**
   * The 16-bit words of F16 or BF16 (`dtype` tells which); may be a view of the file.
   * @throws InputError for every other dtype.
   */
  bits(from?: number, to?: number): Uint16Array | Promise<Uint16Array>;
  /** What `codes` gives; either both are there or neither. */
  readonly codeForm?: CodeForm;
  /**
   * Of a matrix that is stored as codes: its rows `fromRow` up to, but without, `toRow`, with exactly
   * the values of `read`. A tensor of more axes counts as a matrix with rows of its last one.
   */
  codes?(fromRow?: number, toRow?: number): BlockCodes | Promise<BlockCodes>;
}

/** A tensor that is in memory, so that nothing needs to be awaited. */
export interface StoredTensor extends CheckpointTensor {
  readonly dtype: Dtype;
  bytes(from?: number, to?: number): Uint8Array;
  read(from?: number, to?: number): Float32Array;
  bits(from?: number, to?: number): Uint16Array;
}

/** The tensors of a file, and the texts beside them. */
export interface TensorFile<T extends CheckpointTensor = StoredTensor> {
  readonly tensors: ReadonlyMap<string, T>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The dtypes that weights may have, but for blocks. */
export const FLOAT_DTYPES: readonly string[] = ['F32', 'F16', 'BF16'];

/** @param where What to call the tensor in errors. */
export function memoryTensor(
  dtype: Dtype,
  shape: readonly number[],
  stored: Uint8Array,
  where: string,
): StoredTensor {
  const item = ITEM_BYTES[dtype];
  const size = stored.length / item;
  const bytes = (from = 0, to = size) => stored.subarray(from * item, to * item);
  return {
    dtype,
    shape,
    bytes,
    read(from, to) {
      const part = bytes(from, to);
      switch (dtype) {
        case 'F32':
          return new Float32Array(copied(part));
        case 'BF16':
          return widenBf16(words(part));
        case 'F16':
          return widenF16(words(part));
        default:
          throw notFloat(`${where} is ${dtype}; weights must be ${FLOAT_DTYPES.join(', ')}`);
      }
    },
    bits(from, to) {
      if (dtype === 'BF16' || dtype === 'F16') return words(bytes(from, to));
      throw notFloat(`${where} is ${dtype}, not of 16 bits`);
    },
  };
}

/** @param load Bytes of the file, `from` up to, but without, `to`. */
export function fileTensor(
  { dtype, shape, start, end }: TensorEntry,
  load: (from: number, to: number) => Promise<Uint8Array>,
  where: string,
): CheckpointTensor {
  const item = ITEM_BYTES[dtype];
  const part = async (from = 0, to = (end - start) / item) => {
    const stored = await load(start + from * item, start + to * item);
    return memoryTensor(dtype, [to - from], stored, where);
  };
  return {
    dtype,
    shape,
    bytes: async (from, to) => (await part(from, to)).bytes(),
    read: async (from, to) => (await part(from, to)).read(),
    bits: async (from, to) => (await part(from, to)).bits(),
  };
}

function words(bytes: Uint8Array): Uint16Array {
  const aligned = bytes.byteOffset % 2 === 0;
  return aligned
    ? new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2)
    : new Uint16Array(copied(bytes));
}

/** `slice` of a Node Buffer would not copy. */
const copied = (bytes: Uint8Array) => new Uint8Array(bytes).buffer;

function notFloat(problem: string): InputError {
  return new InputError(`${problem}.`, 'Use a version of the model that is not quantized.');
}
