// A weight matrix in one of the forms it is stored in.
import type * as tf from './tf.ts';

/**
 * Rows are output features. On wasm and cpu the format is always `f32`; there a model that was asked
 * for as int8 has the values that its blocks stand for.
 */
export type Matrix =
  /** values [rows, columns] */
  | (MatrixOf<'f32', tf.Tensor2D> & {
      /** [columns, rows], there only where `keepsTransposed` says so. */
      readonly transposed?: tf.Tensor2D;
    })
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

/**
 * On wasm a product with a weight's transpose is prepared in two steps, which take a tenth of the time
 * that a small model needs for some hundred rows: transposing, and packing in the backend's module.
 * Both results stay for matrices of up to 512 KiB: models that have many larger ones spend their time
 * on the product itself, and could ill afford three copies.
 */
const MOST_PREPARED = 2 ** 17;

/** Whether a matrix on wasm comes with its transpose, of which the module keeps a packed copy, too. */
export function keepsTransposed(rows: number, columns: number): boolean {
  return rows * columns <= MOST_PREPARED;
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
      return matrix.transposed ? [matrix.values, matrix.transposed] : [matrix.values];
    case 'bf16':
      return [matrix.values];
    case 'int8':
      return [matrix.values, matrix.scales];
  }
}
