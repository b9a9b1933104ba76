// Rotary position embedding: pairs (i, i + d/2) of every head are turned by position * frequency.
import { runOnHost, tensorsAreInHostMemory } from '../host-kernel.ts';
import * as tf from '../tf.ts';
import type { RotaryAngles } from './rotate-heads/angles.ts';

export { rotaryAngles } from './rotate-heads/angles.ts';
export type { RotaryAngles } from './rotate-heads/angles.ts';

/**
 * @param x [n, heads, d]
 * @param inverse turns back: the gradient of the rotation
 * @returns [n, heads, d]
 */
export function rotary(x: tf.Tensor3D, { cos, sin }: RotaryAngles, inverse = false): tf.Tensor3D {
  if (tensorsAreInHostMemory()) return rotaryOnHost(x, cos, sin, inverse);
  return rotaryComposed(x, cos, sin, inverse);
}

/** The same from tfjs operations: for webgpu, and the oracle of the host kernel. */
export function rotaryComposed(
  x: tf.Tensor3D,
  cos: tf.Tensor2D,
  sin: tf.Tensor2D,
  inverse: boolean,
): tf.Tensor3D {
  return tf.tidy(() => {
    const [n, heads, d] = x.shape;
    const half = d / 2;
    const c = tf.reshape(cos, [n, 1, half]);
    const s = tf.reshape(inverse ? tf.neg(sin) : sin, [n, 1, half]);
    const first = tf.slice(x, [0, 0, 0], [n, heads, half]);
    const second = tf.slice(x, [0, 0, half], [n, heads, half]);
    return tf.concat(
      [tf.sub(tf.mul(first, c), tf.mul(second, s)), tf.add(tf.mul(second, c), tf.mul(first, s))],
      2,
    ) as tf.Tensor3D;
  });
}

function rotaryOnHost(
  x: tf.Tensor3D,
  cos: tf.Tensor2D,
  sin: tf.Tensor2D,
  inverse: boolean,
): tf.Tensor3D {
  const [n, heads, d] = x.shape;
  const half = d / 2;
  const sign = inverse ? -1 : 1;
  return runOnHost([x, cos, sin], x.shape, (y, input, c, s) => {
    for (let t = 0; t < n; t++) {
      for (let h = 0; h < heads; h++) {
        const base = (t * heads + h) * d;
        for (let i = 0; i < half; i++) {
          const [first, second] = [input[base + i]!, input[base + half + i]!];
          const ci = c[t * half + i]!;
          const si = sign * s[t * half + i]!;
          y[base + i] = first * ci - second * si;
          y[base + half + i] = second * ci + first * si;
        }
      }
    }
  }) as tf.Tensor3D;
}
