// The gated activation of SwiGLU: silu(gate) * up, with silu(g) = g * sigmoid(g).
import * as tf from '../tf.ts';

/** @param gate [n, m] @param up [n, m] @returns [n, m] */
export function gatedSilu(gate: tf.Tensor2D, up: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => tf.mul(tf.mul(gate, tf.sigmoid(gate)), up));
}

/** silu'(g) = s + g s (1 - s) with s = sigmoid(g). */
export function gatedSiluGradient(
  dy: tf.Tensor2D,
  gate: tf.Tensor2D,
  up: tf.Tensor2D,
): { dGate: tf.Tensor2D; dUp: tf.Tensor2D } {
  return tf.tidy(() => {
    const s = tf.sigmoid(gate);
    const silu = tf.mul(gate, s);
    const slope = tf.add(s, tf.sub(silu, tf.mul(silu, s)));
    const dGate = tf.mul(tf.mul(dy, up), slope) as tf.Tensor2D;
    return { dGate, dUp: tf.mul(dy, silu) as tf.Tensor2D };
  });
}
