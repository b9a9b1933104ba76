// Taking rows of a matrix by index, and its gradient: adding rows into place.
import { implementOnHost, runOnHost } from '../../host-kernel.ts';
import { defineKernel } from '../../kernel.ts';
import { matMul } from '../../mat-mul.ts';
import * as tf from '../../tf.ts';

export interface GatherRowsArguments {
  /** [m, width] */
  readonly table: tf.Tensor2D;
  /** [n], each in 0 .. m */
  readonly indices: Int32Array;
}

export interface ScatterAddRowsArguments {
  /** [n, width] */
  readonly dy: tf.Tensor2D;
  readonly indices: Int32Array;
  readonly m: number;
}

/** -> [rows] */
export const gatherRowsKernel = defineKernel<GatherRowsArguments>(
  'LabGatherRows',
  ({ table, indices }) => [tf.gather(table, tf.tensor1d(indices, 'int32'))],
);

/** -> [sums] */
export const scatterAddRowsKernel = defineKernel<ScatterAddRowsArguments>(
  'LabScatterAddRows',
  ({ dy, indices, m }) => {
    const oneHot = new Float32Array(indices.length * m);
    indices.forEach((row, i) => (oneHot[i * m + row] = 1));
    return [matMul(tf.tensor2d(oneHot, [indices.length, m]), dy, true, false)];
  },
);

/** @param table [m, width] @param indices [n], each in 0 .. m @returns [n, width] */
export function gatherRows(table: tf.Tensor2D, indices: Int32Array): tf.Tensor2D {
  return gatherRowsKernel({ table, indices })[0] as tf.Tensor2D;
}

/**
 * Row indices[i] of the result is the sum of those rows of `dy`; the order of additions is fixed.
 * @param dy [n, width] @param indices [n] @returns [m, width]
 */
export function scatterAddRows(dy: tf.Tensor2D, indices: Int32Array, m: number): tf.Tensor2D {
  return scatterAddRowsKernel({ dy, indices, m })[0] as tf.Tensor2D;
}

implementOnHost(gatherRowsKernel, ({ table, indices }) => {
  const width = table.shape[1];
  const rows = runOnHost([table], [indices.length, width], (out, values) => {
    indices.forEach((row, i) =>
      out.set(values.subarray(row * width, (row + 1) * width), i * width),
    );
  });
  return [rows];
});

implementOnHost(scatterAddRowsKernel, ({ dy, indices, m }) => {
  const [n, width] = dy.shape;
  const sums = runOnHost([dy], [m, width], (out, values) => {
    for (let i = 0; i < n; i++) {
      const [from, to] = [i * width, indices[i]! * width];
      for (let j = 0; j < width; j++) out[to + j]! += values[from + j]!;
    }
  });
  return [sums];
});
