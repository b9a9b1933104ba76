// Activations as operations under test, every kind of them.
import { activate, activateGradient } from '../../../src/tensor/ops/activation/activation.ts';
import type { ActivationKind } from '../../../src/tensor/ops/activation/activation.ts';
import * as tf from '../../../src/tensor/tf.ts';
import type { Operation } from '../operation.ts';

const isGated = (kind: ActivationKind) => kind.function === 'swiglu_clamped' || kind.gated;

/** @param m columns of the result */
export function activationOn(n: number, m: number, kind: ActivationKind): Operation {
  return {
    name: `${isGated(kind) ? 'gated ' : ''}${kind.function} [${n}, ${m}]`,
    inputs: [[n, isGated(kind) ? 2 * m : m]],
    reference: (x) => Float64Array.from({ length: n * m }, (_, i) => referenceEntry(x, i, m, kind)),
    forward: (x) => activate(x as tf.Tensor2D, kind),
    backward: (dy, x) => [activateGradient(dy as tf.Tensor2D, x as tf.Tensor2D, kind)],
    taped: (x) => tapedActivation(x, m, kind),
  };
}

function tapedActivation(x: tf.Tensor, m: number, kind: ActivationKind): tf.Tensor {
  if (kind.function === 'swiglu_clamped') {
    const [gate, up] = tf.unstack(tf.reshape(x, [-1, m, 2]), 2) as [tf.Tensor, tf.Tensor];
    const g = tf.minimum(gate, kind.limit);
    const linear = tf.add(tf.clipByValue(up, -kind.limit, kind.limit), 1);
    return tf.mul(tf.mul(g, tf.sigmoid(tf.mul(g, kind.alpha))), linear);
  }
  const g = kind.gated ? tf.slice(x, [0, 0], [-1, m]) : x;
  const inner = tf.mul(tf.add(g, tf.mul(tf.pow(g, 3), 0.044715)), Math.sqrt(2 / Math.PI));
  const value =
    kind.function === 'silu'
      ? tf.mul(g, tf.sigmoid(g))
      : tf.mul(tf.mul(g, 0.5), tf.add(tf.tanh(inner), 1));
  return kind.gated ? tf.mul(value, tf.slice(x, [0, m], [-1, m])) : value;
}

function referenceEntry(x: Float64Array, i: number, m: number, kind: ActivationKind): number {
  const [row, column] = [Math.floor(i / m), i % m];
  if (kind.function === 'swiglu_clamped') {
    const gate = Math.min(x[2 * i]!, kind.limit);
    const up = Math.max(-kind.limit, Math.min(kind.limit, x[2 * i + 1]!));
    return ((up + 1) * gate) / (1 + Math.exp(-kind.alpha * gate));
  }
  const g = x[kind.gated ? row * 2 * m + column : i]!;
  const up = kind.gated ? x[row * 2 * m + m + column]! : 1;
  if (kind.function === 'silu') return (up * g) / (1 + Math.exp(-g));
  const inner = Math.sqrt(2 / Math.PI) * (g + 0.044715 * g ** 3);
  return up * 0.5 * g * (1 + Math.tanh(inner));
}

const KINDS: readonly ActivationKind[] = [
  { gated: true, function: 'silu' },
  { gated: false, function: 'silu' },
  { gated: true, function: 'gelu_tanh' },
  { gated: false, function: 'gelu_tanh' },
  // Standard normal inputs: some are clamped, some are not.
  { function: 'swiglu_clamped', limit: 0.8, alpha: 1.702 },
];

export const ACTIVATIONS: readonly Operation[] = KINDS.flatMap((kind) =>
  [[1, 1] as const, [1, 7] as const, [5, 16] as const, [3, 41] as const].map(([n, m]) =>
    activationOn(n, m, kind),
  ),
);
