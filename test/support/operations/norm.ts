// Norms of rows as operations under test: both kinds, both conventions of the weight.
import {
  normalise,
  normaliseGradient,
  normGradientKernel,
  normKernel,
} from '../../../src/tensor/ops/norm/norm.ts';
import type { NormParameters } from '../../../src/tensor/ops/norm/norm.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { randomStream } from '../../../src/core/random.ts';
import { expectClose } from '../compare.ts';
import type { Operation } from '../operation.ts';
import { randomTensor } from './tensors.ts';
import { expect } from 'vitest';

export interface NormCase {
  readonly n: number;
  readonly width: number;
  readonly kind: NormParameters['kind'];
  readonly plusOne: boolean;
  readonly bias: boolean;
  readonly added: boolean;
}

const EPS = 1e-5;
const nameOf = ({ n, width, kind, plusOne, bias, added }: NormCase) =>
  [`${kind} norm [${n}, ${width}]`, plusOne && 'of 1 + weight', bias && '+ bias', added && '+ x']
    .filter(Boolean)
    .join(' ');

/** Inputs x, weight, and where the case has them bias and the added tensor. */
function partsOf({ kind, plusOne, bias, added }: NormCase, inputs: readonly tf.Tensor[]) {
  const [x, weight, ...rest] = inputs as [tf.Tensor2D, tf.Tensor1D, ...tf.Tensor[]];
  const shift = bias ? (rest.shift() as tf.Tensor1D) : undefined;
  const parameters = { kind, eps: EPS, plusOne, weight, ...(shift && { bias: shift }) };
  return { x, parameters, added: added ? (rest[0] as tf.Tensor2D) : undefined };
}

export function normOn(shape: NormCase): Operation {
  const { n, width, bias, added } = shape;
  const x = [n, width];
  return {
    name: nameOf(shape),
    inputs: [x, [width], ...(bias ? [[width]] : []), ...(added ? [x] : [])],
    reference: (...inputs) => referenceNorm(shape, inputs),
    forward: (...inputs) => {
      const parts = partsOf(shape, inputs);
      return normalise(parts.x, parts.parameters, parts.added);
    },
    backward: (dy, ...inputs) => {
      const parts = partsOf(shape, inputs);
      const result = normaliseGradient(dy as tf.Tensor2D, parts.x, parts.parameters, {
        wantsParameters: true,
      });
      const dBias = result.dBias ? [result.dBias] : [];
      return [result.dx, result.dWeight!, ...dBias, ...(added ? [dy] : [])];
    },
    taped: (...inputs) => {
      const parts = partsOf(shape, inputs);
      const also = parts.added && { added: parts.added };
      return normKernel.composed({ x: parts.x, ...parts.parameters, ...also })[0]!;
    },
  };
}

function referenceNorm(
  { width, kind, plusOne, bias, added }: NormCase,
  [x, weight, ...rest]: readonly Float64Array[],
): Float64Array {
  const shift = bias ? rest.shift() : undefined;
  const also = added ? rest[0] : undefined;
  const y = new Float64Array(x!.length);
  for (let first = 0; first < y.length; first += width) {
    const row = x!.subarray(first, first + width);
    const mean = kind === 'layer' ? row.reduce((sum, v) => sum + v, 0) / width : 0;
    const variance = row.reduce((sum, v) => sum + (v - mean) ** 2, 0) / width;
    row.forEach((value, j) => {
      const factor = weight![j]! + (plusOne ? 1 : 0);
      const normal = (value - mean) / Math.sqrt(variance + EPS);
      y[first + j] = normal * factor + (shift?.[j] ?? 0) + (also?.[first + j] ?? 0);
    });
  }
  return y;
}

/** The gradient with a tensor added and without the parameters' equals its composition, twice. */
export async function checkAddedGradient(shape: NormCase, tolerance: number): Promise<void> {
  const before = tf.memory().numTensors;
  const { n, width, kind, plusOne } = shape;
  const random = randomStream(8, nameOf(shape));
  const [dy, x, added] = [0, 1, 2].map(() => randomTensor([n, width], random)) as [
    tf.Tensor2D,
    tf.Tensor2D,
    tf.Tensor2D,
  ];
  const weight = randomTensor([width], random) as tf.Tensor1D;
  const parameters = { kind, eps: EPS, plusOne, weight };
  const run = () => normaliseGradient(dy, x, parameters, { added });
  const [result, again] = [run(), run()];
  expect(Object.keys(result)).toEqual(['dx']);
  const args = { dy, x, added, ...parameters, wantsParameters: false };
  const [composed] = tf.tidy(() => normGradientKernel.composed(args));
  const values = await result.dx.data();
  expectClose(values, await composed!.data(), tolerance, nameOf(shape));
  expect(await again.dx.data()).toEqual(values);
  tf.dispose([dy, x, added, weight, result, again, composed!]);
  expect(tf.memory().numTensors).toBe(before);
}

/** Narrower rows are near constants after the norm: their slopes are nothing but rounding. */
const SIZES = [
  [1, 3],
  [1, 7],
  [5, 16],
  [3, 41],
  [70, 130],
] as const;

export const NORM_CASES: readonly NormCase[] = SIZES.flatMap(([n, width]) =>
  (['rms', 'layer'] as const).flatMap((kind) => [
    { n, width, kind, plusOne: false, bias: false, added: false },
    { n, width, kind, plusOne: true, bias: kind === 'layer', added: true },
  ]),
);
