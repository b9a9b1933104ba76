// Logits in full, a few rows and a slice of the vocabulary at a time.
import { headLogits } from '../tensor/ops/trie-loss.ts';
import * as tf from '../tensor/tf.ts';

/** Vocabulary entries per product, and values held at once: bound the memory of both sides. */
const CHUNK = 8192;
const VALUES = 2 ** 24;

export interface LogitRows {
  /** Index of the first of these rows. */
  readonly first: number;
  /** [rows, vocab] */
  readonly values: Float32Array<ArrayBuffer>;
}

/** @param hidden [rows, width] after the final norm @param head [vocab, width] */
export async function* logitRows(
  hidden: tf.Tensor2D,
  head: tf.Tensor2D,
): AsyncGenerator<LogitRows> {
  const [rows, width] = hidden.shape;
  const vocab = head.shape[0];
  const most = Math.max(1, Math.floor(VALUES / vocab));
  for (let first = 0; first < rows; first += most) {
    const count = Math.min(most, rows - first);
    const values = new Float32Array(count * vocab);
    for (let from = 0; from < vocab; from += CHUNK) {
      const size = Math.min(CHUNK, vocab - from);
      const block = tf.tidy(() =>
        headLogits(
          tf.slice(hidden, [first, 0], [count, width]),
          tf.slice(head, [from, 0], [size, width]),
        ),
      );
      const data = await block.data();
      block.dispose();
      for (let row = 0; row < count; row++) {
        values.set(data.subarray(row * size, (row + 1) * size), row * vocab + from);
      }
    }
    yield { first, values };
  }
}
