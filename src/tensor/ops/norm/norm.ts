// Normalisation of rows, by root mean square or as a layer norm, and its gradients.
import { defineKernel } from '../../kernel.ts';
import * as tf from '../../tf.ts';
import { sumRows } from '../sum-rows.ts';

export interface NormParameters {
  /** `rms`: x / sqrt(mean(x^2) + eps); `layer`: the same of x less its mean. */
  readonly kind: 'rms' | 'layer';
  readonly eps: number;
  /** The factor of a column is 1 + weight rather than weight. */
  readonly plusOne: boolean;
  /** [width] */
  readonly weight: tf.Tensor1D;
  /** [width] */
  readonly bias?: tf.Tensor1D;
}

export interface NormArguments extends NormParameters {
  /** [n, width] */
  readonly x: tf.Tensor2D;
  readonly added?: tf.Tensor2D;
}

export interface NormGradientArguments extends NormArguments {
  /** [n, width] */
  readonly dy: tf.Tensor2D;
  readonly wantsParameters: boolean;
}

/** -> [y] */
export const normKernel = defineKernel<NormArguments>('LabNorm', (args) => {
  const { weight, plusOne, bias, added } = args;
  let y = tf.mul(normalOf(args).normal, factorOf(weight, plusOne));
  if (bias !== undefined) y = tf.add(y, bias);
  return [added === undefined ? y : tf.add(y, added)];
});

/** -> [dx], and [dWeight] and [dBias] (if there is a bias) where they are wanted */
export const normGradientKernel = defineKernel<NormGradientArguments>('LabNormGradient', (args) => {
  const { dy, kind, weight, plusOne, bias, added, wantsParameters } = args;
  const { normal, inverse } = normalOf(args);
  const g = tf.mul(dy, factorOf(weight, plusOne));
  const overlap = tf.mul(normal, tf.mean(tf.mul(g, normal), 1, true));
  const centred = kind === 'layer' ? tf.sub(g, tf.mean(g, 1, true)) : g;
  const dx = tf.mul(tf.sub(centred, overlap), inverse);
  const result: tf.Tensor[] = [added === undefined ? dx : tf.add(dx, added)];
  if (wantsParameters) {
    result.push(sumRows(tf.mul(dy, normal)));
    if (bias !== undefined) result.push(sumRows(dy));
  }
  return result;
});

/**
 * y = norm(x) * (plusOne ? 1 + weight : weight) + bias + added, norms over the last axis.
 * @param x [n, width] @param added [n, width] @returns [n, width]
 */
export function normalise(
  x: tf.Tensor2D,
  { kind, eps, plusOne, weight, bias }: NormParameters,
  added?: tf.Tensor2D,
): tf.Tensor2D {
  const optional = { ...(bias && { bias }), ...(added && { added }) };
  const [y] = normKernel({ x, kind, eps, plusOne, weight, ...optional });
  return y as tf.Tensor2D;
}

/**
 * With n = norm(x) and g = dy * factor: dx = (g - mean(g) [layer] - n mean(g n)) / deviation + added,
 * dWeight = sum(dy n), dBias = sum(dy) where there is a bias.
 * @param dy [n, width] @param x [n, width] the input of the forward pass
 */
export function normaliseGradient(
  dy: tf.Tensor2D,
  x: tf.Tensor2D,
  { kind, eps, plusOne, weight, bias }: NormParameters,
  { added, wantsParameters = false }: { added?: tf.Tensor2D; wantsParameters?: boolean } = {},
): { dx: tf.Tensor2D; dWeight?: tf.Tensor1D; dBias?: tf.Tensor1D } {
  const optional = { ...(bias && { bias }), ...(added && { added }) };
  const args = { dy, x, kind, eps, plusOne, weight, wantsParameters, ...optional };
  const [dx, dWeight, dBias] = normGradientKernel(args) as [tf.Tensor2D, ...tf.Tensor1D[]];
  return { dx, ...(dWeight && { dWeight }), ...(dBias && { dBias }) };
}

/** norm(x) [n, width] and the inverse deviation [n, 1] */
function normalOf({ x, kind, eps }: NormArguments) {
  const centred = kind === 'layer' ? tf.sub(x, tf.mean(x, 1, true)) : x;
  const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), 1, true), eps));
  return { normal: tf.mul(centred, inverse), inverse };
}

function factorOf(weight: tf.Tensor1D, plusOne: boolean): tf.Tensor {
  return plusOne ? tf.add(weight, 1) : weight;
}
