// One tensor operation under test: its two passes against double precision and against tfjs's tape.
import { expect } from 'vitest';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { randomStream } from '../../src/core/random.ts';
import * as tf from '../../src/tensor/tf.ts';
import { expectClose } from './compare.ts';

export interface Operation {
  readonly name: string;
  /** Shapes of the inputs that have gradients. */
  readonly inputs: readonly (readonly number[])[];
  /** The output in float64, written without tensors. */
  readonly reference: (...inputs: Float64Array[]) => Float64Array;
  readonly forward: (...inputs: tf.Tensor[]) => tf.Tensor;
  /** Gradients of the inputs, in their order. */
  readonly backward: (dy: tf.Tensor, ...inputs: tf.Tensor[]) => tf.Tensor[];
  /** The forward pass in operations that tfjs can differentiate; `forward` unless given. */
  readonly taped?: (...inputs: tf.Tensor[]) => tf.Tensor;
}

/** Relative to the largest value of the tensor; measured on wasm and SwiftShader: below 3e-6. */
const TOLERANCE = 1e-5;

/** Entries per input whose finite difference is taken. */
const PROBES = 40;
const STEP = 1e-5;

/** Forward = reference; backward = finite differences of the reference = tfjs's tape; no tensor stays. */
export async function checkOperation(operation: Operation): Promise<void> {
  const { name, inputs: shapes, reference, forward, backward } = operation;
  const { taped = forward } = operation;
  const before = tf.memory().numTensors;
  const random = randomStream(1, name);
  const draw = (shape: readonly number[]) =>
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal());
  const values = shapes.map(draw);
  const exact = values.map((v) => Float64Array.from(v));
  const expected = reference(...exact);

  const inputs = shapes.map((shape, i) => tf.tensor(values[i]!, [...shape]));
  const y = tf.tidy(() => forward(...inputs));
  expectClose(await y.data(), expected, TOLERANCE, `${name}: forward`);
  const dyValues = draw(y.shape);
  const dy = tf.tensor(dyValues, y.shape);
  const gradients = tf.tidy(() => backward(dy, ...inputs));
  const tape = tf.tidy(() => tf.grads(taped)(inputs, dy));

  for (const [i, gradient] of gradients.entries()) {
    expect(gradient.shape, `${name}: shape of gradient ${i}`).toEqual(inputs[i]!.shape);
    const actual = (await gradient.data()) as Float32Array;
    expectClose(actual, await tape[i]!.data(), TOLERANCE, `${name}: gradient ${i}, tape`);
    const probes = probesOf(actual.length, random);
    const slopes = probes.map((at) => slope(reference, exact, i, at, dyValues));
    const largest = actual.reduce((max, v) => Math.max(max, Math.abs(v)), 0);
    const probed = probes.map((at) => actual[at]!);
    expectClose(probed, slopes, TOLERANCE, `${name}: gradient ${i}, differences`, largest);
  }
  tf.dispose([inputs, y, dy, gradients, tape]);
  expect(tf.memory().numTensors, `${name}: tensors`).toBe(before);
}

/** All entries of a small tensor, some of a larger one. */
function probesOf(size: number, random: { integer(bound: number): number }): number[] {
  if (size <= PROBES) return Array.from({ length: size }, (_, i) => i);
  return Array.from({ length: PROBES }, () => random.integer(size));
}

/** d sum(dy * y) / d inputs[which][at], as a central difference in float64. */
function slope(
  reference: Operation['reference'],
  inputs: readonly Float64Array[],
  which: number,
  at: number,
  dy: Float32Array,
): number {
  const value = (shift: number) => {
    const moved = inputs.map((input) => input.slice());
    moved[which]![at]! += shift;
    return reference(...moved).reduce((sum, y, i) => sum + y * dy[i]!, 0);
  };
  return (value(STEP) - value(-STEP)) / (2 * STEP);
}
