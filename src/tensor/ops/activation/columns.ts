// Parting the columns of a matrix in two, and joining them again.
import * as tf from '../../tf.ts';

/** `halves`: the first half of the columns and the second; `pairs`: even columns and odd ones. */
export type ColumnLayout = 'halves' | 'pairs';

/** @param x [n, 2m] @returns [n, m] each */
export function splitColumns(x: tf.Tensor2D, layout: ColumnLayout): [tf.Tensor, tf.Tensor] {
  const [n, columns] = x.shape;
  if (layout === 'halves') return tf.split(x, 2, 1) as [tf.Tensor, tf.Tensor];
  return tf.unstack(tf.reshape(x, [n, columns / 2, 2]), 2) as [tf.Tensor, tf.Tensor];
}

/** The inverse of `splitColumns`. @param first [n, m] @param second [n, m] @returns [n, 2m] */
export function joinColumns(first: tf.Tensor, second: tf.Tensor, layout: ColumnLayout): tf.Tensor {
  if (layout === 'halves') return tf.concat([first, second], 1);
  const [n, m] = first.shape as [number, number];
  return tf.reshape(tf.stack([first, second], 2), [n, 2 * m]);
}
