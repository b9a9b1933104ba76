// Writing the GGUF format: keys and where each tensor lies, as llama.cpp lays them out.
import { LAYOUTS, typeNumber, type GgufType } from './types.ts';

/** Numbers say what they are, since readers insist on it; bytes are a type and a value as a file has them. */
export type GgufValue =
  | Uint8Array
  | string
  | boolean
  | { readonly u32: number }
  | { readonly f32: number }
  | { readonly texts: readonly string[] }
  | { readonly i32s: readonly number[] }
  | { readonly f32s: readonly number[] };

export interface TensorToLayOut {
  readonly type: GgufType;
  /** Row-major. */
  readonly shape: readonly number[];
}

export interface GgufLayout {
  /** The beginning of the file, up to the tensors. */
  readonly header: Uint8Array<ArrayBuffer>;
  /** Position of each tensor in the file, in bytes, in order; zeros lie between them. */
  readonly positions: ReadonlyMap<string, number>;
  /** Size of the file in bytes. */
  readonly size: number;
}

const ALIGNMENT = 32;
const aligned = (bytes: number) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

export function layOutGguf(
  keys: ReadonlyMap<string, GgufValue>,
  tensors: ReadonlyMap<string, TensorToLayOut>,
): GgufLayout {
  const out = new Bytes();
  out.raw(new TextEncoder().encode('GGUF'));
  out.u32(3);
  out.u64(tensors.size);
  out.u64(keys.size);
  for (const [key, value] of keys) {
    out.text(key);
    writeValue(out, value);
  }
  const offsets = new Map<string, number>();
  let end = 0;
  for (const [name, { type, shape }] of tensors) {
    out.text(name);
    out.u32(shape.length);
    for (const extent of shape.toReversed()) out.u64(extent);
    out.u32(typeNumber(type));
    out.u64(end);
    offsets.set(name, end);
    end = aligned(end + tensorBytes(type, shape));
  }
  const header = new Uint8Array(aligned(out.length));
  header.set(out.taken());
  const positions = new Map([...offsets].map(([name, at]) => [name, header.length + at]));
  return { header, positions, size: header.length + end };
}

function tensorBytes(type: GgufType, shape: readonly number[]): number {
  const count = shape.reduce((all, extent) => all * extent, 1);
  return (count / LAYOUTS[type].values) * LAYOUTS[type].bytes;
}

export interface TensorInMemory extends TensorToLayOut {
  readonly bytes: Uint8Array;
}

/** A file whose tensors are in memory. */
export function writeGguf(
  keys: ReadonlyMap<string, GgufValue>,
  tensors: ReadonlyMap<string, TensorInMemory>,
): Uint8Array<ArrayBuffer> {
  const { header, positions, size } = layOutGguf(keys, tensors);
  const file = new Uint8Array(size);
  file.set(header);
  for (const [name, { bytes }] of tensors) file.set(bytes, positions.get(name)!);
  return file;
}

function writeValue(out: Bytes, value: GgufValue): void {
  if (value instanceof Uint8Array) {
    out.raw(value);
  } else if (typeof value === 'string') {
    out.u32(8);
    out.text(value);
  } else if (typeof value === 'boolean') {
    out.u32(7);
    out.raw(Uint8Array.of(Number(value)));
  } else if ('u32' in value) {
    out.u32(4);
    out.u32(value.u32);
  } else if ('f32' in value) {
    out.u32(6);
    out.raw(new Uint8Array(Float32Array.of(value.f32).buffer));
  } else {
    out.u32(9);
    writeList(out, value);
  }
}

function writeList(out: Bytes, value: Exclude<Extract<GgufValue, object>, Uint8Array>): void {
  if ('texts' in value) {
    out.u32(8);
    out.u64(value.texts.length);
    for (const text of value.texts) out.text(text);
  } else if ('i32s' in value) {
    out.u32(5);
    out.u64(value.i32s.length);
    out.raw(new Uint8Array(Int32Array.from(value.i32s).buffer));
  } else if ('f32s' in value) {
    out.u32(6);
    out.u64(value.f32s.length);
    out.raw(new Uint8Array(Float32Array.from(value.f32s).buffer));
  }
}

/** Bytes that grow. */
class Bytes {
  #held = new Uint8Array(4096);
  length = 0;

  raw(bytes: Uint8Array): void {
    const end = this.length + bytes.length;
    if (end > this.#held.length) {
      const larger = new Uint8Array(Math.max(end, 2 * this.#held.length));
      larger.set(this.taken());
      this.#held = larger;
    }
    this.#held.set(bytes, this.length);
    this.length = end;
  }

  u32(value: number): void {
    this.raw(new Uint8Array(Uint32Array.of(value).buffer));
  }

  u64(value: number): void {
    this.raw(new Uint8Array(BigUint64Array.of(BigInt(value)).buffer));
  }

  text(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.u64(bytes.length);
    this.raw(bytes);
  }

  taken(): Uint8Array {
    return this.#held.subarray(0, this.length);
  }
}
