// Small tensors and matrices for tests of kernels.
import type { RandomStream } from '../../../src/core/random.ts';
import { tensorsOf } from '../../../src/tensor/matrix.ts';
import type { Matrix } from '../../../src/tensor/matrix.ts';
import { toBf16Matrix, toF32Matrix, toInt8Matrix } from '../../../src/tensor/quantise.ts';
import * as tf from '../../../src/tensor/tf.ts';

/** Standard normal entries. */
export function randomTensor(shape: number[], random: RandomStream): tf.Tensor {
  return tf.tensor(randomValues(tf.util.sizeFromShape(shape), random), shape);
}

export function randomValues(size: number, random: RandomStream): Float32Array {
  return Float32Array.from({ length: size }, () => random.normal());
}

/** A matrix over the tensor itself. */
export function f32Matrix(values: tf.Tensor2D): Matrix {
  const [rows, columns] = values.shape;
  return { format: 'f32', rows, columns, values };
}

/**
 * A matrix in any format whose entries that format can hold, and those entries. Every block of 32
 * columns of an int8 matrix has an entry of 127/64 or its negative, so that its scale is 1/64.
 */
export function exactMatrix(
  format: Matrix['format'],
  rows: number,
  columns: number,
  random: RandomStream,
): { matrix: Matrix; values: Float32Array } {
  const values = randomValues(rows * columns, random).map((value, i) => {
    if (format === 'f32') return value;
    if (format === 'int8' && (i % columns) % 32 === 0) return (Math.sign(value) * 127) / 64;
    // At most seven bits and a sign; no zero but the positive one.
    return Math.max(-127, Math.min(127, Math.round(40 * value))) / 64 + 0;
  });
  const make = { f32: toF32Matrix, bf16: toBf16Matrix, int8: toInt8Matrix }[format];
  return { matrix: make(values, rows, columns), values };
}

export function disposeMatrix(matrix: Matrix): void {
  tf.dispose(tensorsOf(matrix));
}
