// Writing rows into a matrix that stays: how a cache of keys and values grows.
import { runOnHostTo } from '../../host-kernel.ts';
import { defineKernel } from '../../kernel.ts';
import type * as tf from '../../tf.ts';

interface WriteRowsInputs {
  readonly to: tf.Tensor2D;
  readonly first: number;
  readonly from: tf.Tensor2D;
}

/** Has no composition: tfjs operations change no tensor. This is the implementation of wasm and cpu. */
export const writeRowsKernel = defineKernel<WriteRowsInputs>(
  'LabWriteRows',
  ({ to, first, from }) =>
    runOnHostTo([to, from], [], (_, target, rows) => target!.set(rows!, first * to.shape[1])),
  { changes: ['to'] },
);

/**
 * Copies the rows of `from` into `to` IN PLACE, beginning at row `first`. Tensors that share the
 * memory of `to`, as a reshaped one does, change with it.
 * @param to [m, width] @param from [n, width], n <= m - first
 */
export function writeRows(to: tf.Tensor2D, first: number, from: tf.Tensor2D): void {
  writeRowsKernel({ to, first, from });
}
