// Small tensors and matrices for tests of kernels.
import type { RandomStream } from '../../../src/core/random.ts';
import type { BlockCodes, CodeForm } from '../../../src/tensor/block-codes.ts';
import { toCodedMatrix, toMatrix } from '../../../src/tensor/make-matrix.ts';
import { FORMS, tensorsOf } from '../../../src/tensor/matrix.ts';
import type { Matrix, MatrixForm } from '../../../src/tensor/matrix.ts';
import * as tf from '../../../src/tensor/tf.ts';

/** Standard normal entries. */
export function randomTensor(shape: number[], random: RandomStream): tf.Tensor {
  return tf.tensor(randomValues(tf.util.sizeFromShape(shape), random), shape);
}

export function randomValues(size: number, random: RandomStream): Float32Array {
  return Float32Array.from({ length: size }, () => random.normal());
}

/** A matrix over the tensor itself. */
export function f32Matrix(values: tf.Tensor2D): Matrix {
  const [rows, columns] = values.shape;
  return { format: 'f32', rows, columns, values };
}

/** Every form that a matrix may have, by a name. */
export const ALL_FORMS = {
  ...FORMS,
  'int8 by 16': { format: 'codes', bits: 8, block: 16, hasMinimums: false },
  'int8 above': { format: 'codes', bits: 8, block: 32, hasMinimums: true },
  'int8 by 16 above': { format: 'codes', bits: 8, block: 16, hasMinimums: true },
} as const satisfies Record<string, MatrixForm>;

export type FormName = keyof typeof ALL_FORMS;
export const FORM_NAMES = Object.keys(ALL_FORMS) as FormName[];

/** A matrix in any form whose entries that form holds, and those entries: multiples of 1/256, but in f32. */
export function exactMatrix(
  name: FormName,
  rows: number,
  columns: number,
  random: RandomStream,
): { matrix: Matrix; values: Float32Array } {
  const form: MatrixForm = ALL_FORMS[name];
  if (form.format === 'codes') return codedMatrix(form, rows, columns, random);
  const values = randomValues(rows * columns, random).map((value) => {
    if (form.format === 'f32') return value;
    // At most seven bits and a sign; no zero but the positive one.
    return Math.max(-127, Math.min(127, Math.round(40 * value))) / 64 + 0;
  });
  return { matrix: toMatrix(values, rows, columns, form), values };
}

/** Codes over all their range, those behind the last column included. */
function codedMatrix(form: CodeForm, rows: number, columns: number, random: RandomStream) {
  const { bits, block, hasMinimums } = form;
  const blocks = Math.ceil(columns / block);
  const width = blocks * block;
  const shift = bits === 4 ? 0 : 128;
  const codes = new (bits === 4 ? Uint8Array : Int8Array)(rows * width).map(
    () => random.integer(2 ** bits) - shift,
  );
  const places = { length: rows * blocks };
  const unit = bits === 4 ? 1 / 8 : 1 / 128;
  const scales = Float32Array.from(places, () => unit * [0.5, 1, -1][random.integer(3)]!);
  const minimums = Float32Array.from(places, () => (random.integer(64) - 40) / 32);
  const values = Float32Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    const place = row * blocks + Math.floor(column / block);
    return scales[place]! * codes[row * width + column]! + (hasMinimums ? minimums[place]! : 0);
  });
  const all: BlockCodes = {
    ...{ rows, columns, bits, block, codes, scales },
    ...(hasMinimums && { minimums }),
  };
  return { matrix: toCodedMatrix(all), values };
}

export function disposeMatrix(matrix: Matrix): void {
  tf.dispose(tensorsOf(matrix));
}
