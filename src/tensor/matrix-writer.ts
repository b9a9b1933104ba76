// A matrix on the present backend that is written some rows at a time.
import {
  codesAs,
  formOfCodes,
  holds,
  isCodes,
  valuesOfCodes,
  type BlockCodes,
} from './block-codes.ts';
import { fillTensor, type Filling } from './fill-tensor.ts';
import { tensorsAreInHostMemory } from './host-kernel.ts';
import { letGo } from './let-go.ts';
import { blocksOf, type Matrix, type MatrixForm } from './matrix.ts';
import { quantised } from './quantise.ts';
import * as tf from './tf.ts';

/** Values [rows, columns], or the codes that stand for them. */
export type Rows = Float32Array | BlockCodes;

export class MatrixWriter {
  /** Complete once all its rows were put. */
  readonly matrix: Matrix;
  readonly #form: MatrixForm;
  readonly #columns: number;
  /** Of each row: its words, and with codes its scales. */
  readonly #parts: readonly Filling[];

  /** @param form what rows are rounded to; off WebGPU bfloat16 is kept as f32 */
  constructor(rows: number, columns: number, form: MatrixForm) {
    this.#form = form;
    this.#columns = columns;
    const extent = { rows, columns };
    if (form.format === 'codes') {
      const blocks = blocksOf({ columns, block: form.block });
      const words = fillTensor([rows, (blocks * form.block * form.bits) / 32], 'int32');
      const scales = fillTensor([rows, form.hasMinimums ? 2 * blocks : blocks], 'float32');
      this.#parts = [words, scales];
      this.matrix = { ...form, ...extent, values: words.tensor, scales: scales.tensor };
      return;
    }
    const halves = form.format === 'bf16' && tf.getBackend() === 'webgpu';
    const values = halves
      ? fillTensor([rows, Math.ceil(columns / 2)], 'int32')
      : fillTensor([rows, columns], 'float32');
    this.#parts = [values];
    this.matrix = { format: halves ? 'bf16' : 'f32', ...extent, values: values.tensor };
  }

  /** Writes some rows. @param stored values are finite; codes that the form holds are kept exactly */
  put(first: number, stored: Rows): void {
    this.#put(first, this.#written(stored));
  }

  /** The same with rows of the caller's own, whose memory is free afterwards. */
  take(first: number, own: Rows): void {
    const written = this.#written(own);
    this.#put(first, written);
    if (tensorsAreInHostMemory()) [...arraysOf(own), ...written].forEach(letGo);
  }

  #put(first: number, written: readonly (Float32Array | Int32Array)[]): void {
    this.#parts.forEach(({ tensor, put }, i) => put(first * tensor.shape[1], written[i]!));
  }

  #written(stored: Rows): readonly (Float32Array | Int32Array)[] {
    const form = this.#form;
    if (form.format === 'codes') {
      if (isCodes(stored) && holds(form, formOfCodes(stored))) return packed(codesAs(stored, form));
      const values = valuesOf(stored);
      const columns = this.#columns;
      return packed(quantised(values, values.length / columns, columns, form));
    }
    const values = valuesOf(stored);
    if (form.format === 'f32') return [values];
    return [
      this.matrix.format === 'bf16' ? packedBf16(values, this.#columns) : roundedBf16(values),
    ];
  }
}

const arraysOf = (rows: Rows): (Float32Array | Int8Array | Uint8Array)[] =>
  isCodes(rows) ? [rows.codes, rows.scales, ...(rows.minimums ? [rows.minimums] : [])] : [rows];

const valuesOf = (rows: Rows): Float32Array => (isCodes(rows) ? valuesOfCodes(rows) : rows);

/** The bits of the nearest bfloat16, ties to even, of the one whose bits these are. */
const bf16Of = (bits: number) => ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;

const bitsOf = ({ buffer, byteOffset, length }: Float32Array) =>
  new Uint32Array(buffer, byteOffset, length);

const roundedBf16 = (values: Float32Array) =>
  new Float32Array(bitsOf(values).map((bits) => bf16Of(bits) << 16).buffer);

/** Two to a word, the even column in its low half. */
function packedBf16(values: Float32Array, columns: number): Int32Array {
  const width = Math.ceil(columns / 2);
  const rows = values.length / columns;
  const words = new Int32Array(rows * width);
  const bits = bitsOf(values);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      words[row * width + (column >> 1)]! |=
        bf16Of(bits[row * columns + column]!) << (16 * (column & 1));
    }
  }
  return words;
}

/** Words of codes, and scales with their minimums beside them. */
function packed(codes: BlockCodes): readonly [Int32Array, Float32Array] {
  const { scales, minimums } = codes;
  const words = codes.bits === 4 ? packedByHalves(codes) : packedWhole(codes);
  if (!minimums) return [words, scales];
  const pairs = new Float32Array(2 * scales.length);
  minimums.forEach((minimum, i) => {
    pairs[2 * i] = scales[i]!;
    pairs[2 * i + 1] = minimum;
  });
  return [words, pairs];
}

/** Sixteen bytes for every block of 32. */
function packedByHalves({ block, codes }: BlockCodes): Int32Array {
  if (block !== 32) throw new Error(`codes of 4 bits come in blocks of 32, not ${block}`);
  const bytes = new Uint8Array(codes.length / 2);
  for (let at = 0; at < bytes.length; at++) {
    // Columns i and 16 + i of the block.
    const low = 2 * at - (at % 16);
    bytes[at] = codes[low]! | (codes[low + 16]! << 4);
  }
  return new Int32Array(bytes.buffer);
}

function packedWhole({ codes }: BlockCodes): Int32Array {
  const { buffer, byteOffset, byteLength } =
    codes.byteOffset % 4 === 0 ? codes : new Int8Array(codes);
  return new Int32Array(buffer as ArrayBuffer, byteOffset, byteLength / 4);
}
