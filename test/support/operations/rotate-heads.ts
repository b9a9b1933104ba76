// Norming and turning heads as an operation under test: against float64 loops and the composition.
import { expect } from 'vitest';
import { randomStream } from '../../../src/core/random.ts';
import { rotaryAngles } from '../../../src/tensor/ops/rotate-heads/angles.ts';
import {
  rotateHeads,
  rotateHeadsGradient,
  rotateHeadsKernel,
} from '../../../src/tensor/ops/rotate-heads/rotate-heads.ts';
import type { RotateHeadsOptions } from '../../../src/tensor/ops/rotate-heads/rotate-heads.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { expectClose } from '../compare.ts';
import type { Operation } from '../operation.ts';
import { randomTensor } from './tensors.ts';

interface RotateHeadsCase {
  readonly n: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly turned: boolean;
  readonly qNorm: boolean;
  readonly kNorm: boolean;
  readonly plusOne: boolean;
}

const [EPS, FACTOR] = [1e-3, 0.9];

const nameOf = ({ n, heads, kvHeads, headDim, ...options }: RotateHeadsCase) =>
  `rotateHeads [${n}, ${heads} + 2 * ${kvHeads}, ${headDim}] ` +
  Object.keys(options).filter((key) => options[key as keyof typeof options]);

const frequenciesOf = (d: number) =>
  Float32Array.from({ length: d / 2 }, (_, i) => 10_000 ** ((-2 * i) / d));
const positionsOf = (n: number) => Int32Array.from({ length: n }, (_, t) => (7 * t) % 90);

function optionsOf(c: RotateHeadsCase, norms: readonly tf.Tensor[]): RotateHeadsOptions {
  const weights = [...norms] as tf.Tensor1D[];
  return {
    eps: EPS,
    plusOne: c.plusOne,
    ...(c.turned && { angles: rotaryAngles(positionsOf(c.n), frequenciesOf(c.headDim), FACTOR) }),
    ...(c.qNorm && { qNorm: weights.shift()! }),
    ...(c.kNorm && { kNorm: weights.shift()! }),
  };
}

export function rotateHeadsOn(c: RotateHeadsCase): Operation {
  const { n, heads, kvHeads, headDim: d } = c;
  const weights = [c.qNorm, c.kNorm].filter(Boolean).map(() => [d]);
  return {
    name: nameOf(c),
    inputs: [[n, (heads + 2 * kvHeads) * d], ...weights],
    reference: (x, ...norms) => referenceRotateHeads(x, norms, c),
    forward: (x, ...norms) => {
      const { q, kv } = rotateHeads(x as tf.Tensor2D, c, optionsOf(c, norms));
      return tf.concat([q, kv], 1);
    },
    backward: (dy, x, ...norms) => {
      const [dq, dkv] = tf.split(dy, [heads * d, 2 * kvHeads * d], 1) as tf.Tensor2D[];
      const options = { ...optionsOf(c, norms), wantsNorms: true };
      const result = rotateHeadsGradient(dq!, dkv!, x as tf.Tensor2D, c, options);
      return [result.dqkv, result.dQNorm, result.dKNorm].filter((x) => x !== undefined);
    },
    taped: (x, ...norms) => {
      const options = optionsOf(c, norms);
      return tf.concat(
        rotateHeadsKernel.composed({ qkv: x as tf.Tensor2D, shape: c, options }) as tf.Tensor2D[],
        1,
      );
    },
  };
}

function referenceRotateHeads(
  x: Float64Array,
  norms: readonly Float64Array[],
  { n, heads, kvHeads, headDim: d, turned, qNorm, kNorm, plusOne }: RotateHeadsCase,
): Float64Array {
  const weights = [...norms];
  const [q, k] = [qNorm && weights.shift()!, kNorm && weights.shift()!];
  const y = x.slice();
  for (let i = 0; i < n * (heads + 2 * kvHeads); i++) {
    const head = i % (heads + 2 * kvHeads);
    if (head >= heads + kvHeads) continue;
    const row = y.subarray(i * d, (i + 1) * d);
    const weight = head < heads ? q : k;
    if (weight) {
      const rms = Math.sqrt(row.reduce((sum, v) => sum + v * v, 0) / d + EPS);
      row.forEach((v, j) => (row[j] = (v / rms) * (weight[j]! + (plusOne ? 1 : 0))));
    }
    if (!turned) continue;
    const position = positionsOf(n)[Math.floor(i / (heads + 2 * kvHeads))]!;
    frequenciesOf(d).forEach((frequency, j) => {
      const angle = Math.fround(position * frequency);
      const [a, b] = [row[j]!, row[j + d / 2]!];
      row[j] = FACTOR * (a * Math.cos(angle) - b * Math.sin(angle));
      row[j + d / 2] = FACTOR * (b * Math.cos(angle) + a * Math.sin(angle));
    });
  }
  return y;
}

/** Two runs of both passes agree to the last bit; norms' gradients come only where they are wanted. */
export async function checkRepeatedRotation(c: RotateHeadsCase): Promise<void> {
  const before = tf.memory().numTensors;
  const random = randomStream(5, nameOf(c));
  const { n, heads, kvHeads, headDim: d } = c;
  const qkv = randomTensor([n, (heads + 2 * kvHeads) * d], random) as tf.Tensor2D;
  const dq = randomTensor([n, heads * d], random) as tf.Tensor2D;
  const dkv = randomTensor([n, 2 * kvHeads * d], random) as tf.Tensor2D;
  const norms = [randomTensor([d], random), randomTensor([d], random)];
  const run = (wantsNorms: boolean) =>
    tf.tidy(() => {
      const options = optionsOf(c, norms);
      const back = rotateHeadsGradient(dq, dkv, qkv, c, { ...options, wantsNorms });
      return { ...rotateHeads(qkv, c, options), ...back };
    });
  const [first, second, third] = [run(true), run(true), run(false)];
  expect(Object.keys(third)).toEqual(['q', 'kv', 'dqkv']);
  for (const [name, tensor] of Object.entries(first)) {
    expect(await second[name as keyof typeof second]!.data(), name).toEqual(await tensor.data());
  }
  // A pass that leaves the norms alone has the same gradient of its input.
  expectClose(await third.dqkv.data(), await first.dqkv.data(), 2e-5, `${nameOf(c)}: dqkv`);
  tf.dispose([qkv, dq, dkv, norms, first, second, third]);
  expect(tf.memory().numTensors, nameOf(c)).toBe(before);
}

const PLAIN = { turned: true, qNorm: false, kNorm: false, plusOne: false };
const NORMED = { ...PLAIN, qNorm: true, kNorm: true };

export const ROTATE_HEADS_CASES: readonly RotateHeadsCase[] = [
  { n: 1, heads: 1, kvHeads: 1, headDim: 2, ...PLAIN },
  { n: 5, heads: 3, kvHeads: 1, headDim: 6, ...PLAIN },
  { n: 3, heads: 4, kvHeads: 2, headDim: 10, ...NORMED },
  { n: 1, heads: 2, kvHeads: 2, headDim: 4, ...NORMED, plusOne: true },
  { n: 2, heads: 2, kvHeads: 1, headDim: 5, ...NORMED, turned: false },
  { n: 2, heads: 2, kvHeads: 1, headDim: 7, ...PLAIN, turned: false },
  { n: 4, heads: 2, kvHeads: 1, headDim: 8, ...PLAIN, qNorm: true },
  { n: 4, heads: 2, kvHeads: 1, headDim: 8, ...PLAIN, kNorm: true },
  { n: 70, heads: 2, kvHeads: 1, headDim: 32, ...NORMED },
  { n: 2, heads: 1, kvHeads: 1, headDim: 256, ...NORMED, plusOne: true },
];

export const ROTATIONS: readonly Operation[] = ROTATE_HEADS_CASES.map(rotateHeadsOn);
