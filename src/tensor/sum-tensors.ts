// The sum of tensors of one shape, however many.
import * as tf from './tf.ts';

/** A program of tfjs binds all addends at once, and devices bind 8 buffers or little more. */
const TOGETHER = 7;

/** @param parts at least one; the order of additions is fixed @returns a new tensor, or the only part */
export function sumTensors<Part extends tf.Tensor>(parts: readonly Part[]): Part {
  if (parts.length === 1) return parts[0]!;
  return tf.tidy(() => {
    let sum = tf.addN(parts.slice(0, TOGETHER));
    for (let first = TOGETHER; first < parts.length; first += TOGETHER - 1) {
      sum = tf.addN([sum, ...parts.slice(first, first + TOGETHER - 1)]);
    }
    return sum as Part;
  });
}
