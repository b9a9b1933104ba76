// AdamW against PyTorch's formula in double precision, several steps in a row.
import { expect } from 'vitest';
import { randomStream } from '../../../src/core/random.ts';
import { adamw } from '../../../src/tensor/ops/adamw/adamw.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { expectClose } from '../compare.ts';
import { randomValues } from './tensors.ts';

const SETTINGS = {
  learningRate: 0.01,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0.1,
};

/** @param masked only every third parameter decays */
export async function checkAdamW(total: number, masked: boolean, tolerance: number) {
  const before = tf.memory().numTensors;
  const random = randomStream(6, total, Number(masked));
  const mask = Float32Array.from({ length: total }, (_, i) => (i % 3 === 0 ? 1 : 0));
  const decay = masked ? tf.tensor1d(mask) : undefined;
  const start = randomValues(total, random);
  let state = {
    parameters: tf.tensor1d(start),
    first: tf.zeros<tf.Rank.R1>([total]),
    second: tf.zeros<tf.Rank.R1>([total]),
  };
  const expected = {
    parameters: Float64Array.from(start),
    first: new Float64Array(total),
    second: new Float64Array(total),
  };
  for (let step = 1; step <= 5; step++) {
    const slopes = randomValues(total, random);
    const gradient = tf.tensor1d(slopes);
    const args = { ...state, gradient, ...(decay && { decay }), ...SETTINGS, step };
    const [next, again] = [adamw(args), adamw(args)];
    expect(await next.parameters.data()).toEqual(await again.parameters.data());
    tf.dispose([state.parameters, state.first, state.second, gradient]);
    tf.dispose(Object.values(again));
    state = next;
    referenceStep(expected, slopes, masked ? mask : undefined, step);
  }
  for (const name of ['parameters', 'first', 'second'] as const) {
    expectClose(await state[name].data(), expected[name], tolerance, `${name} of ${total}`);
  }
  tf.dispose(Object.values(state));
  decay?.dispose();
  expect(tf.memory().numTensors).toBe(before);
}

function referenceStep(
  { parameters, first, second }: Record<'parameters' | 'first' | 'second', Float64Array>,
  gradient: Float32Array,
  mask: Float32Array | undefined,
  step: number,
): void {
  const { learningRate, beta1, beta2, epsilon, weightDecay } = SETTINGS;
  for (let i = 0; i < parameters.length; i++) {
    const g = gradient[i]!;
    if (mask?.[i] !== 0) parameters[i]! *= 1 - learningRate * weightDecay;
    first[i] = beta1 * first[i]! + (1 - beta1) * g;
    second[i] = beta2 * second[i]! + (1 - beta2) * g * g;
    const mean = first[i]! / (1 - beta1 ** step);
    const deviation = Math.sqrt(second[i]! / (1 - beta2 ** step));
    parameters[i]! -= (learningRate * mean) / (deviation + epsilon);
  }
}
