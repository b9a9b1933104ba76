// A weight matrix in one of the forms it is stored in.
import type * as tf from './tf.ts';

/**
 * Rows are output features. On wasm and cpu the format is always `f32`; there a model that was asked
 * for as int8 has the values that its blocks stand for.
 */
export type Matrix =
  /** values [rows, columns] */
  | MatrixOf<'f32', tf.Tensor2D>
  /**
   * values [rows, ceil(columns / 2)] int32: two bfloat16 per word, the even column in the low half;
   * a missing last column is 0.
   */
  | MatrixOf<'bf16', tf.Tensor2D>
  /**
   * values [rows, 8 ceil(columns / 32)] int32: four signed bytes per word, the first column in the
   * lowest byte, rows padded with 0 to whole blocks; an entry is its byte times the scale of its
   * block of 32 columns.
   */
  | (MatrixOf<'int8', tf.Tensor2D> & {
      /** [rows, ceil(columns / 32)] float32 */
      readonly scales: tf.Tensor2D;
    });

interface MatrixOf<Format extends string, Values> {
  readonly format: Format;
  readonly rows: number;
  readonly columns: number;
  readonly values: Values;
}

/** [rows, columns] for compositions of tfjs operations: only our WebGPU kernels read packed weights. */
export function floatsOf({ format, values }: Matrix): tf.Tensor2D {
  if (format !== 'f32') throw new Error(`no composition of a matrix in ${format}`);
  return values;
}

/** All tensors of a matrix. */
export function tensorsOf(matrix: Matrix): tf.Tensor[] {
  switch (matrix.format) {
    case 'f32':
    case 'bf16':
      return [matrix.values];
    case 'int8':
      return [matrix.values, matrix.scales];
  }
}
