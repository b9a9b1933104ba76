// The angles of rotary position embedding: pairs (i, i + d/2) of a head turn by position * frequency.
import * as tf from '../../tf.ts';

/** cos and sin of every token's angles: [n, d/2] each. */
export interface RotaryAngles {
  readonly cos: tf.Tensor2D;
  readonly sin: tf.Tensor2D;
}

/**
 * Angles in f32 arithmetic, as the reference computes them.
 * @param positions [n] @param inverseFrequencies [d/2] radians per position; pairs of 0 stay as they are
 */
export function rotaryAngles(
  positions: Int32Array,
  inverseFrequencies: Float32Array,
  factor: number,
): RotaryAngles {
  const [n, half] = [positions.length, inverseFrequencies.length];
  const cos = new Float32Array(n * half);
  const sin = new Float32Array(n * half);
  for (let t = 0; t < n; t++) {
    for (let i = 0; i < half; i++) {
      const angle = Math.fround(positions[t]! * inverseFrequencies[i]!);
      // A pair that does not turn is not scaled either.
      const scale = inverseFrequencies[i] === 0 ? 1 : factor;
      cos[t * half + i] = Math.cos(angle) * scale;
      sin[t * half + i] = Math.sin(angle) * scale;
    }
  }
  return { cos: tf.tensor2d(cos, [n, half]), sin: tf.tensor2d(sin, [n, half]) };
}
