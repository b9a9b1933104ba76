// Linear maps with LoRA branches against double precision, on whatever backend is set.
import { expect } from 'vitest';
import { randomStream } from '../../../src/core/random.ts';
import {
  linear,
  linearBiasGradient,
  linearInputGradient,
  linearWeightGradient,
  loraGradient,
} from '../../../src/tensor/ops/linear/linear.ts';
import type { LoraBranch } from '../../../src/tensor/ops/linear/linear.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { expectClose } from '../compare.ts';
import { branchOf, reference, type LinearCase } from './linear-reference.ts';
import { disposeMatrix, exactMatrix, FORM_NAMES } from './tensors.ts';

const plain = { n: 1, inputs: 1, outputs: 1, format: 'f32' } as const;

/** Sizes that kernels get wrong first: single rows, widths that no vector fits, parts with gaps. */
export const LINEAR_CASES: readonly LinearCase[] = [
  plain,
  { ...plain, n: 3, inputs: 7, outputs: 5, bias: true },
  { ...plain, n: 17, inputs: 64, outputs: 33, residual: true },
  { ...plain, n: 70, inputs: 36, outputs: 130, bias: true, residual: true },
  ...FORM_NAMES.filter((format) => format !== 'f32').flatMap((format) => [
    { ...plain, format },
    { ...plain, n: 5, inputs: 7, outputs: 9, format, bias: true },
    { ...plain, n: 33, inputs: 68, outputs: 70, format, residual: true },
  ]),
  { ...plain, n: 1, inputs: 3, outputs: 2, lora: { rank: 1, parts: [[0, 2]] } },
  {
    ...plain,
    ...{ n: 21, inputs: 22, outputs: 40, bias: true },
    lora: {
      rank: 3,
      parts: [
        [0, 24],
        [24, 8],
        [32, 8],
      ],
    },
  },
  {
    ...plain,
    ...{ n: 50, inputs: 32, outputs: 48, residual: true },
    lora: {
      rank: 16,
      parts: [
        [0, 16],
        [32, 16],
      ],
      dropout: 0.3,
    },
  },
  {
    ...plain,
    ...{ n: 24, inputs: 32, outputs: 48 },
    lora: {
      rank: 4,
      parts: [
        [0, 16],
        [32, 16],
      ],
      dropout: 0.4,
      within: { first: 40, rows: 104 },
    },
  },
  {
    ...plain,
    ...{ n: 130, inputs: 20, outputs: 36, format: 'bf16' },
    lora: { rank: 4, parts: [[5, 13]], dropout: 0.1 },
  },
  {
    ...plain,
    ...{ n: 40, inputs: 64, outputs: 64, format: 'int8', bias: true, residual: true },
    lora: { rank: 8, parts: [[0, 64]], dropout: 0.5 },
  },
  {
    ...plain,
    ...{ n: 20, inputs: 96, outputs: 52, format: 'int4', bias: true, residual: true },
    lora: { rank: 5, parts: [[0, 52]], dropout: 0.5 },
  },
];

export const nameOf = ({ n, inputs, outputs, format, bias, residual, lora }: LinearCase) =>
  [
    `[${n}, ${inputs}] x ${format} [${outputs}, ${inputs}]`,
    bias && 'bias',
    residual && 'residual',
    lora && `rank ${lora.rank} in ${JSON.stringify(lora.parts)}`,
    lora?.dropout && `dropout ${lora.dropout}`,
    lora?.within && `from row ${lora.within.first} of ${lora.within.rows}`,
  ]
    .filter(Boolean)
    .join(', ');

/** Forward, gradient of the input, gradients of the branch or else of weight and bias; the same bits twice; no tensor stays. */
export async function checkLinear(which: LinearCase, tolerance: number): Promise<void> {
  const { n, inputs, outputs, format, lora } = which;
  const name = nameOf(which);
  const before = tf.memory().numTensors;
  const random = randomStream(1, name);
  const draw = (size: number) => Float32Array.from({ length: size }, () => random.normal());
  const { matrix: weight, values: rounded } = exactMatrix(format, outputs, inputs, random);
  const x = draw(n * inputs);
  const dy = draw(n * outputs);
  const bias = which.bias ? draw(outputs) : undefined;
  const residual = which.residual ? draw(n * outputs) : undefined;
  const added = which.residual ? draw(n * inputs) : undefined;
  const branch = lora && branchOf(lora, inputs, draw);
  const expected = reference(which, { x, dy, weight: rounded, bias, residual, added, branch });

  const once = async () => {
    const results = tf.tidy(() => {
      const parameters = branch && tf.tensor1d(branch.values);
      const full: LoraBranch | undefined = branch && { ...branch.shape, parameters: parameters! };
      const xs = tf.tensor2d(x, [n, inputs]);
      const dys = tf.tensor2d(dy, [n, outputs]);
      const { y, low } = linear(xs, weight, {
        ...(bias && { bias: tf.tensor1d(bias) }),
        ...(residual && { residual: tf.tensor2d(residual, [n, outputs]) }),
        ...(full && { lora: full }),
      });
      const more = added ? { added: tf.tensor2d(added, [n, inputs]) } : {};
      if (full === undefined) {
        const dx = linearInputGradient(dys, weight, more);
        return { y, dx, dW: linearWeightGradient(dys, xs), dBias: linearBiasGradient(dys) };
      }
      // What was there before is added to.
      const gradient = tf.add(tf.zeros([branch!.values.length]), 1) as tf.Tensor1D;
      const dLow = loraGradient(dys, xs, low!, full, gradient);
      const dx = linearInputGradient(dys, weight, { ...more, lora: full, dLow });
      return { y, dx, low: low!, dLow, gradient };
    });
    const values = new Map<string, Float32Array>();
    for (const [key, tensor] of Object.entries(results)) {
      values.set(key, (await (tensor as tf.Tensor).data()) as Float32Array);
    }
    tf.dispose(results);
    return values;
  };
  const actual = await once();
  expect([...actual.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [key, values] of actual) {
    expectClose(values, expected.get(key)!, tolerance, `${name}: ${key}`);
  }
  expect(await once(), `${name}: again`).toEqual(actual);
  disposeMatrix(weight);
  expect(tf.memory().numTensors, `${name}: tensors`).toBe(before);
}
