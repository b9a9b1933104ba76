// Weight matrices in the forms they are stored in, and back.
import type { Matrix } from './matrix.ts';
import * as tf from './tf.ts';

/** Columns that share a scale. */
const BLOCK = 32;

/** @param values [rows, columns]; the tensors outlive any surrounding `tf.tidy` */
export function toF32Matrix(values: Float32Array, rows: number, columns: number): Matrix {
  const tensor = tf.keep(tf.tensor2d(values, [rows, columns]));
  return { format: 'f32', rows, columns, values: tensor };
}

/**
 * Rounded to bfloat16, ties to even. On wasm and cpu the rounded values as f32.
 * @param values [rows, columns], finite
 */
export function toBf16Matrix(values: Float32Array, rows: number, columns: number): Matrix {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const rounded = (i: number) => ((bits[i]! + 0x7fff + ((bits[i]! >>> 16) & 1)) >>> 16) & 0xffff;
  if (!packed()) {
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

/**
 * Blocks of 32 columns of a row as signed bytes -127 .. 127 times the block's largest magnitude /
 * 127: off by at most half of that. On wasm and cpu the values that the blocks stand for, as f32.
 * @param values [rows, columns], finite
 */
export function toInt8Matrix(values: Float32Array, rows: number, columns: number): Matrix {
  const blocks = Math.ceil(columns / BLOCK);
  const scales = new Float32Array(rows * blocks);
  const bytes = new Int8Array(rows * blocks * BLOCK);
  const rounded = packed() ? undefined : new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let block = 0; block < blocks; block++) {
      const first = row * columns + block * BLOCK;
      const end = Math.min(first + BLOCK, (row + 1) * columns);
      let top = 0;
      for (let i = first; i < end; i++) top = Math.max(top, Math.abs(values[i]!));
      const scale = Math.fround(top / 127);
      if (scale === 0) continue;
      scales[row * blocks + block] = scale;
      const to = (row * blocks + block) * BLOCK - first;
      for (let i = first; i < end; i++) {
        const byte = Math.round(values[i]! / scale);
        bytes[to + i] = byte;
        if (rounded) rounded[i] = scale * byte;
      }
    }
  }
  if (rounded) return toF32Matrix(rounded, rows, columns);
  const words = new Int32Array(bytes.buffer);
  return {
    format: 'int8',
    rows,
    columns,
    values: tf.keep(tf.tensor2d(words, [rows, (blocks * BLOCK) / 4], 'int32')),
    scales: tf.keep(tf.tensor2d(scales, [rows, blocks])),
  };
}

/**
 * The values that a packed matrix stands for, [rows, columns].
 * @param scales of `int8`
 */
export function widened(
  { format, rows, columns }: Pick<Matrix, 'format' | 'rows' | 'columns'>,
  values: Int32Array | Float32Array,
  scales?: Float32Array,
): Float32Array {
  if (format === 'f32') return values as Float32Array;
  const wide = new Float32Array(rows * columns);
  const bits = new Uint32Array(wide.buffer);
  const perRow = values.length / rows;
  const bytes = new Int8Array(values.buffer, values.byteOffset, 4 * values.length);
  const blocks = Math.ceil(columns / BLOCK);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = row * columns + column;
      if (format === 'bf16') {
        const word = values[row * perRow + (column >> 1)]!;
        bits[at] = column % 2 === 0 ? word << 16 : word & 0xffff0000;
      } else {
        const byte = bytes[4 * row * perRow + column]!;
        wide[at] = scales![row * blocks + Math.floor(column / BLOCK)]! * byte;
      }
    }
  }
  return wide;
}

/** Only our WebGPU kernels read packed weights. */
const packed = () => tf.getBackend() === 'webgpu';
