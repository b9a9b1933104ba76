// Taking rows of a matrix by index, and its gradient: adding rows into place.
import { runOnHost, tensorsAreInHostMemory } from '../host-kernel.ts';
import { matMul } from '../mat-mul.ts';
import * as tf from '../tf.ts';

/** @param table [m, width] @param indices [n], each in 0 .. m @returns [n, width] */
export function gatherRows(table: tf.Tensor2D, indices: Int32Array): tf.Tensor2D {
  const width = table.shape[1];
  if (!tensorsAreInHostMemory()) {
    return tf.tidy(() => tf.gather(table, tf.tensor1d(indices, 'int32')));
  }
  return runOnHost([table], [indices.length, width], (out, values) => {
    indices.forEach((row, i) =>
      out.set(values.subarray(row * width, (row + 1) * width), i * width),
    );
  }) as tf.Tensor2D;
}

/**
 * Row indices[i] of the result is the sum of those rows of `dy`; the order of additions is fixed.
 * @param dy [n, width] @returns [m, width]
 */
export function scatterAddRows(dy: tf.Tensor2D, indices: Int32Array, m: number): tf.Tensor2D {
  const [n, width] = dy.shape;
  if (!tensorsAreInHostMemory()) {
    // A product with the one-hot matrix: no float atomics, so one result.
    return tf.tidy(() => {
      const oneHot = new Float32Array(n * m);
      indices.forEach((row, i) => (oneHot[i * m + row] = 1));
      return matMul(tf.tensor2d(oneHot, [n, m]), dy, true, false);
    });
  }
  return runOnHost([dy], [m, width], (out, values) => {
    for (let i = 0; i < n; i++) {
      const [from, to] = [i * width, indices[i]! * width];
      for (let j = 0; j < width; j++) out[to + j]! += values[from + j]!;
    }
  }) as tf.Tensor2D;
}
