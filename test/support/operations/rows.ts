// Taking rows, adding them into place and embedding tokens, as operations under test.
import { expect } from 'vitest';
import { randomStream } from '../../../src/core/random.ts';
import { embed } from '../../../src/tensor/ops/embedding/embedding.ts';
import { gatherRows, scatterAddRows } from '../../../src/tensor/ops/rows/rows.ts';
import * as tf from '../../../src/tensor/tf.ts';
import type { Operation } from '../operation.ts';
import { disposeMatrix, exactMatrix, f32Matrix, FORM_NAMES, randomTensor } from './tensors.ts';

/** Rows are taken more than once and out of order, some not at all. */
export function gatherRowsOn(n: number, m: number, width: number): Operation {
  const name = `gatherRows ${n} of [${m}, ${width}]`;
  return {
    ...takenRows(name, n, m, width, 1),
    forward: (table) => gatherRows(table as tf.Tensor2D, indicesOf(name, n, m)),
  };
}

export function embedOn(n: number, m: number, width: number, scale: number): Operation {
  const name = `embed ${n} of [${m}, ${width}] times ${scale}`;
  return {
    ...takenRows(name, n, m, width, scale),
    forward: (table) => embed(f32Matrix(table as tf.Tensor2D), indicesOf(name, n, m), scale),
  };
}

function takenRows(name: string, n: number, m: number, width: number, scale: number) {
  const indices = indicesOf(name, n, m);
  return {
    name,
    inputs: [[m, width]],
    reference: (table: Float64Array) =>
      Float64Array.from({ length: n * width }, (_, i) => {
        return scale * table[indices[Math.floor(i / width)]! * width + (i % width)]!;
      }),
    backward: (dy: tf.Tensor) => [
      scatterAddRows(scale === 1 ? (dy as tf.Tensor2D) : tf.mul(dy, scale), indices, m),
    ],
    taped: (table: tf.Tensor) => {
      const oneHot = new Float32Array(n * m);
      indices.forEach((row, i) => (oneHot[i * m + row] = scale));
      return tf.matMul(tf.tensor2d(oneHot, [n, m]), table as tf.Tensor2D);
    },
  };
}

function indicesOf(name: string, n: number, m: number): Int32Array {
  const random = randomStream(3, name);
  return Int32Array.from({ length: n }, () => random.integer(m));
}

export const ROW_OPERATIONS: readonly Operation[] = [
  gatherRowsOn(1, 1, 1),
  gatherRowsOn(1, 9, 5),
  gatherRowsOn(13, 4, 7),
  gatherRowsOn(40, 300, 12),
  embedOn(1, 3, 1, 1),
  embedOn(9, 5, 6, 2.5),
  embedOn(4, 70, 33, 0.5),
];

/** Rows of tables in every form are the values that the forms stand for. */
export async function checkPackedTables(rows: number, width: number): Promise<void> {
  const before = tf.memory().numTensors;
  const random = randomStream(12, rows, width);
  const tokens = Int32Array.from({ length: 11 }, () => random.integer(rows));
  for (const format of FORM_NAMES) {
    const { matrix, values } = exactMatrix(format, rows, width, random);
    const taken = embed(matrix, tokens, 0.5);
    const expected = [...tokens].flatMap((token) =>
      Array.from(values.subarray(token * width, (token + 1) * width), (value) => value / 2 + 0),
    );
    // A negative scale makes -0 of the code 0; a zero is a zero.
    const found = Array.from(await taken.data(), (value) => value + 0);
    expect(found, `${format} of width ${width}`).toEqual(expected);
    taken.dispose();
    disposeMatrix(matrix);
  }
  expect(tf.memory().numTensors).toBe(before);
}

/** Sums of many rows come out the same to the last bit. */
export async function checkSameSums(n: number, m: number, width: number): Promise<void> {
  const before = tf.memory().numTensors;
  const random = randomStream(15, n, m, width);
  const dy = randomTensor([n, width], random) as tf.Tensor2D;
  const indices = Int32Array.from({ length: n }, () => random.integer(m));
  const [sums, again] = [scatterAddRows(dy, indices, m), scatterAddRows(dy, indices, m)];
  expect(await again.data()).toEqual(await sums.data());
  tf.dispose([dy, sums, again]);
  expect(tf.memory().numTensors).toBe(before);
}
