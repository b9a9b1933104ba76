// Makes matrices on the present backend, of values or of codes; their tensors outlive any `tf.tidy`.
import { quantised } from './quantise.ts';
import { formOfCodes, type BlockCodes } from './block-codes.ts';
import type { CodedMatrix, Matrix, MatrixForm } from './matrix.ts';
import * as tf from './tf.ts';

/** @param values [rows, columns], finite; rounded to what the form holds */
export function toMatrix(
  values: Float32Array,
  rows: number,
  columns: number,
  form: MatrixForm,
): Matrix {
  switch (form.format) {
    case 'f32':
      return toF32Matrix(values, rows, columns);
    case 'bf16':
      return toBf16Matrix(values, rows, columns);
    case 'codes':
      return toCodedMatrix(quantised(values, rows, columns, form));
  }
}

/** @param values [rows, columns] */
export function toF32Matrix(values: Float32Array, rows: number, columns: number): Matrix {
  const tensor = tf.keep(tf.tensor2d(values, [rows, columns]));
  return { format: 'f32', rows, columns, values: tensor };
}

/** Rounded to bfloat16, ties to even. Off WebGPU the rounded values as f32. */
function toBf16Matrix(values: Float32Array, rows: number, columns: number): Matrix {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const rounded = (i: number) => ((bits[i]! + 0x7fff + ((bits[i]! >>> 16) & 1)) >>> 16) & 0xffff;
  if (tf.getBackend() !== 'webgpu') {
    const words = new Uint32Array(bits.length);
    for (let i = 0; i < words.length; i++) words[i] = rounded(i) << 16;
    return toF32Matrix(new Float32Array(words.buffer), rows, columns);
  }
  const width = Math.ceil(columns / 2);
  const words = new Int32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      words[row * width + (column >> 1)]! |= rounded(row * columns + column) << (16 * (column & 1));
    }
  }
  const tensor = tf.keep(tf.tensor2d(words, [rows, width], 'int32'));
  return { format: 'bf16', rows, columns, values: tensor };
}

/** Exactly what the codes stand for. */
export function toCodedMatrix(codes: BlockCodes): CodedMatrix {
  const { rows, columns, scales, minimums } = codes;
  const words = codes.bits === 4 ? packedByHalves(codes) : packedWhole(codes);
  const pairs = minimums ? new Float32Array(2 * scales.length) : scales;
  minimums?.forEach((minimum, i) => {
    pairs[2 * i] = scales[i]!;
    pairs[2 * i + 1] = minimum;
  });
  return {
    format: 'codes',
    ...formOfCodes(codes),
    ...{ rows, columns },
    values: tf.keep(tf.tensor2d(words, [rows, words.length / rows], 'int32')),
    scales: tf.keep(tf.tensor2d(pairs, [rows, pairs.length / rows])),
  };
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
