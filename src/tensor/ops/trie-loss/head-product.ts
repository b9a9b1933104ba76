// Logits of one range of the vocabulary, in tfjs operations and host memory.
import { runOnHost, tensorsAreInHostMemory } from '../../host-kernel.ts';
import { matMulByRows } from '../../mat-mul.ts';
import type { Matrix } from '../../matrix.ts';
import * as tf from '../../tf.ts';
import { logSumOf } from '../log-sum.ts';
import type { HeadPass, Range } from './passes.ts';

/**
 * Logits [rows, range], capped and divided by the temperature, and the slope of the cap where there
 * is one, of the same shape.
 * @param hidden [rows, width] @param head [vocab, width]
 */
export function logitsOf(
  hidden: tf.Tensor2D,
  head: Matrix,
  { temperature, softCap }: HeadPass,
  range: Range,
): { logits: tf.Tensor2D; slope?: tf.Tensor } {
  const product = matMulByRows(hidden, head, range);
  if (softCap === Infinity) {
    return { logits: temperature === 1 ? product : tf.div(product, temperature) };
  }
  const bent = tf.tanh(tf.div(product, softCap));
  return {
    logits: tf.mul(bent, softCap / temperature) as tf.Tensor2D,
    slope: tf.sub(1, tf.square(bent)),
  };
}

/**
 * Log sum exp of every row [rows, 1], as a logit less the log of its probability: a softmax is
 * several times quicker than an exponential on wasm. @param p softmax(logits)
 */
export function normalizerOf(logits: tf.Tensor2D, p: tf.Tensor): tf.Tensor2D {
  if (!tensorsAreInHostMemory()) {
    return tf.sub(tf.max(logits, 1, true), tf.log(tf.max(p, 1, true)));
  }
  const [rows, columns] = logits.shape;
  return runOnHost([logits, p], [rows, 1], (out, z, shares) => {
    for (let row = 0; row < rows; row++) {
      out[row] = logSumOf(z!, shares!, row * columns, (row + 1) * columns);
    }
  }) as tf.Tensor2D;
}

/**
 * Softmax of every row. tfjs's on wasm adds a row up in single precision, one after the other, so that
 * over a vocabulary its rows miss 1 by more than targets differ from a model that fits: on wasm each
 * is divided by its own sum.
 */
export function softmaxOf(logits: tf.Tensor2D): tf.Tensor2D {
  const p = tf.softmax(logits) as tf.Tensor2D;
  if (!tensorsAreInHostMemory()) return p;
  const [rows, columns] = p.shape;
  const even = runOnHost([p], [rows, columns], (out, shares) => {
    for (let start = 0; start < rows * columns; start += columns) {
      let sum = 0;
      for (let i = start; i < start + columns; i++) sum += shares![i]!;
      for (let i = start; i < start + columns; i++) out[i] = shares![i]! / sum;
    }
  }) as tf.Tensor2D;
  p.dispose();
  return even;
}
