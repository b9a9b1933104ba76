// Logits in full, a few rows at a time.
import type { Matrix } from '../tensor/matrix.ts';
import { linear } from '../tensor/ops/linear/linear.ts';
import { gatherRows } from '../tensor/ops/rows/rows.ts';
import * as tf from '../tensor/tf.ts';

/** Logits that exist at once: bounds the memory of both sides. */
const VALUES = 2 ** 24;

export interface LogitRows {
  /** Index of the first of these rows. */
  readonly first: number;
  /** [rows, vocab] */
  readonly values: Float32Array<ArrayBuffer>;
}

/**
 * @param hidden [rows, width] after the final norm @param head [vocab, width]
 * @param softCap logits become softCap * tanh(logit / softCap); null leaves them
 */
export async function* logitRows(
  hidden: tf.Tensor2D,
  head: Matrix,
  softCap: number | null = null,
): AsyncGenerator<LogitRows> {
  const [rows] = hidden.shape;
  const most = Math.max(1, Math.floor(VALUES / head.rows));
  for (let first = 0; first < rows; first += most) {
    const count = Math.min(most, rows - first);
    const range = Int32Array.from({ length: count }, (_, i) => first + i);
    const logits = tf.tidy(() => linear(gatherRows(hidden, range), head).y);
    const values = (await logits.data()) as Float32Array<ArrayBuffer>;
    logits.dispose();
    if (softCap !== null) values.forEach((z, i) => (values[i] = softCap * Math.tanh(z / softCap)));
    yield { first, values };
  }
}
