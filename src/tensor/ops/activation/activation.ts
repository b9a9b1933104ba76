// The activations of MLPs, gated or plain, and their gradients.
import { defineKernel } from '../../kernel.ts';
import { joinColumns, splitColumns } from './columns.ts';
import type { ColumnLayout } from './columns.ts';
import * as tf from '../../tf.ts';

/**
 * With s the logistic function and act one of silu(g) = g s(g),
 * gelu_tanh(g) = g s(2 sqrt(2 / pi) (g + 0.044715 g^3)), gelu(g) = g Phi(g):
 * plain: act(x), [n, m] -> [n, m]; gated: act(gate) up, input [n, 2m] = gate | up -> [n, m];
 * swiglu_clamped (gpt-oss): (up + 1) g s(alpha g), input [n, 2m] with gate in even columns and up in
 * odd ones, g = min(gate, limit), up clamped to -limit .. limit -> [n, m].
 */
export type ActivationKind =
  | { readonly gated: boolean; readonly function: 'silu' | 'gelu_tanh' | 'gelu' }
  | { readonly function: 'swiglu_clamped'; readonly limit: number; readonly alpha: number };

export interface ActivationArguments {
  readonly x: tf.Tensor2D;
  readonly kind: ActivationKind;
}

export interface ActivationGradientArguments extends ActivationArguments {
  /** [n, m] */
  readonly dy: tf.Tensor2D;
}

/** -> [y] */
export const activationKernel = defineKernel<ActivationArguments>('LabActivation', (args) => {
  const { gate, up } = partsOf(args);
  const curve = curveOf(gate, args.kind);
  return [up === undefined ? curve.value : tf.mul(curve.value, up)];
});

/** -> [dx] */
export const activationGradientKernel = defineKernel<ActivationGradientArguments>(
  'LabActivationGradient',
  (args) => {
    const { dy, x, kind } = args;
    const { gate, up } = partsOf(args);
    const curve = curveOf(gate, kind);
    if (up === undefined) return [tf.mul(dy, curve.slope())];
    const dGate = tf.mul(tf.mul(dy, up), curve.slope());
    const dUp = tf.mul(dy, curve.value);
    if (!isClamped(kind)) return [joinColumns(dGate, dUp, 'halves')];
    const [rawGate, rawUp] = splitColumns(x, 'pairs');
    const gateMoves = tf.cast(tf.lessEqual(rawGate, kind.limit), 'float32');
    const upMoves = tf.cast(tf.lessEqual(tf.abs(rawUp), kind.limit), 'float32');
    return [joinColumns(tf.mul(dGate, gateMoves), tf.mul(dUp, upMoves), 'pairs')];
  },
);

/** @param x [n, m] plain, [n, 2m] otherwise @returns [n, m] */
export function activate(x: tf.Tensor2D, kind: ActivationKind): tf.Tensor2D {
  return activationKernel({ x, kind })[0] as tf.Tensor2D;
}

/** @param dy [n, m] @param x as in the forward pass @returns the gradient of x, of its shape */
export function activateGradient(
  dy: tf.Tensor2D,
  x: tf.Tensor2D,
  kind: ActivationKind,
): tf.Tensor2D {
  return activationGradientKernel({ dy, x, kind })[0] as tf.Tensor2D;
}

/** Where a result's two inputs are: there is one only, in the halves of a row, or side by side. */
export function gateLayout(kind: ActivationKind): 'plain' | ColumnLayout {
  if (isClamped(kind)) return 'pairs';
  return kind.gated ? 'halves' : 'plain';
}

function isClamped(
  kind: ActivationKind,
): kind is Extract<ActivationKind, { function: 'swiglu_clamped' }> {
  return kind.function === 'swiglu_clamped';
}

/** What the curve is applied to and what it is multiplied by: [n, m] each */
function partsOf({ x, kind }: ActivationArguments): { gate: tf.Tensor; up?: tf.Tensor } {
  if (isClamped(kind)) {
    const [gate, up] = splitColumns(x, 'pairs');
    const clamped = tf.clipByValue(up, -kind.limit, kind.limit);
    return { gate: tf.minimum(gate, kind.limit), up: tf.add(clamped, 1) };
  }
  if (!kind.gated) return { gate: x };
  const [gate, up] = splitColumns(x, 'halves');
  return { gate, up };
}

/** g s(a(g)), and on request its slope s + g s (1 - s) a'(g) */
function curveOf(g: tf.Tensor, kind: ActivationKind): { value: tf.Tensor; slope(): tf.Tensor } {
  if (kind.function === 'gelu') return exactGelu(g);
  const { argument, rate } = argumentOf(g, kind);
  const s = tf.sigmoid(argument);
  const value = tf.mul(g, s);
  return {
    value,
    slope: () => tf.tidy(() => tf.add(s, tf.mul(tf.sub(value, tf.mul(value, s)), rate()))),
  };
}

/**
 * Coefficients of erf(x) = 1 - t (a1 + t (a2 + …)) exp(-x^2) with t = 1 / (1 + p x), off by 1.5e-7 at most
 * (Abramowitz and Stegun 7.1.26).
 */
export const ERF = {
  p: 0.3275911,
  a: [0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429],
} as const;

/** g Phi(g), and its slope Phi(g) + g phi(g) */
function exactGelu(g: tf.Tensor): { value: tf.Tensor; slope(): tf.Tensor } {
  const x = tf.mul(tf.abs(g), Math.SQRT1_2);
  const bell = tf.exp(tf.neg(tf.square(x))); // exp(-g^2 / 2)
  const t = tf.reciprocal(tf.add(tf.mul(x, ERF.p), 1));
  const sum = ERF.a.reduceRight<tf.Tensor>(
    (rest, a) => tf.mul(tf.add(rest, a), t),
    tf.zerosLike(t),
  );
  const erf = tf.mul(tf.sign(g), tf.sub(1, tf.mul(sum, bell)));
  const phi = tf.mul(tf.add(erf, 1), 0.5);
  const slope = () => tf.add(phi, tf.mul(tf.mul(g, bell), 1 / Math.sqrt(2 * Math.PI)));
  return { value: tf.mul(g, phi), slope };
}

function argumentOf(
  g: tf.Tensor,
  kind: ActivationKind,
): { argument: tf.Tensor; rate(): tf.Tensor | number } {
  if (isClamped(kind)) return { argument: tf.mul(g, kind.alpha), rate: () => kind.alpha };
  if (kind.function === 'silu') return { argument: g, rate: () => 1 };
  const square = tf.square(g);
  const twice = 2 * Math.sqrt(2 / Math.PI);
  return {
    argument: tf.mul(tf.mul(g, tf.add(tf.mul(square, 0.044715), 1)), twice),
    rate: () => tf.mul(tf.add(tf.mul(square, 3 * 0.044715), 1), twice),
  };
}
