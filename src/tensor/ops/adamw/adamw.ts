// One step of AdamW over flat buffers: Adam with bias correction and decoupled weight decay.
import { defineKernel } from '../../kernel.ts';
import * as tf from '../../tf.ts';

export interface AdamWArguments {
  /** [total] */
  readonly parameters: tf.Tensor1D;
  /** [total] */
  readonly gradient: tf.Tensor1D;
  /** [total] running mean of the gradients */
  readonly first: tf.Tensor1D;
  /** [total] running mean of their squares */
  readonly second: tf.Tensor1D;
  /** [total] 1 where a parameter decays, 0 elsewhere; absent if all of them do */
  readonly decay?: tf.Tensor1D;
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** Of this update, from 1. */
  readonly step: number;
}

/** -> [parameters, first, second] */
export const adamwKernel = defineKernel<AdamWArguments>('LabAdamW', (args) => {
  const { parameters, gradient, beta1, beta2, epsilon, decay } = args;
  const { stepSize, secondScale, shrink } = adamwRates(args);
  const first = tf.add(tf.mul(args.first, beta1), tf.mul(gradient, 1 - beta1));
  const second = tf.add(tf.mul(args.second, beta2), tf.mul(tf.square(gradient), 1 - beta2));
  const deviation = tf.add(tf.sqrt(tf.mul(second, secondScale)), epsilon);
  const kept = tf.mul(parameters, decay ? tf.sub(1, tf.mul(decay, shrink)) : 1 - shrink);
  return [tf.sub(kept, tf.mul(tf.div(first, deviation), stepSize)), first, second];
});

/**
 * PyTorch's AdamW: m <- b1 m + (1 - b1) g, v <- b2 v + (1 - b2) g^2,
 * p <- p (1 - lr wd) - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps).
 */
export function adamw(args: AdamWArguments): {
  parameters: tf.Tensor1D;
  first: tf.Tensor1D;
  second: tf.Tensor1D;
} {
  const [parameters, first, second] = adamwKernel(args) as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
  return { parameters, first, second };
}

/** What is the same for all parameters of an update. */
export function adamwRates({ learningRate, beta1, beta2, weightDecay, step }: AdamWArguments) {
  return {
    stepSize: learningRate / (1 - beta1 ** step),
    /** The bias correction of the second moment. */
    secondScale: 1 / (1 - beta2 ** step),
    /** The share of a parameter that decays. */
    shrink: learningRate * weightDecay,
  };
}
