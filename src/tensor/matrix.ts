// A weight matrix in one of the forms it is kept in.
import type { CodeForm } from './block-codes.ts';
import type * as tf from './tf.ts';

/** How entries are kept, apart from how many there are. */
export type MatrixForm =
  | { readonly format: 'f32' }
  | { readonly format: 'bf16' }
  | ({ readonly format: 'codes' } & CodeForm);

/** The forms that all matrices of a model may be asked to have, by their names. */
export const FORMS = {
  f32: { format: 'f32' },
  bf16: { format: 'bf16' },
  int8: { format: 'codes', bits: 8, block: 32, hasMinimums: false },
  int4: { format: 'codes', bits: 4, block: 32, hasMinimums: true },
} as const satisfies Record<string, MatrixForm>;

export type WeightFormat = keyof typeof FORMS;

/** Rows are output features. */
export type Matrix = F32Matrix | Bf16Matrix | CodedMatrix;

interface Extent {
  readonly rows: number;
  readonly columns: number;
}

export interface F32Matrix extends Extent {
  readonly format: 'f32';
  /** [rows, columns] */
  readonly values: tf.Tensor2D;
}

/** On WebGPU alone: elsewhere bfloat16 is kept as the f32 that it is half of. */
export interface Bf16Matrix extends Extent {
  readonly format: 'bf16';
  /**
   * [rows, ceil(columns / 2)] int32: two bfloat16 per word, the even column in the low half; a missing
   * last column is 0.
   */
  readonly values: tf.Tensor2D;
}

/** Codes as `BlockCodes` has them, on every backend. Rows are padded to whole blocks. */
export interface CodedMatrix extends Extent, CodeForm {
  readonly format: 'codes';
  /**
   * int32 words of 8 bits x 4 or 4 bits x 8. 8 bits: [rows, blocks * block / 4], the first column in
   * the lowest byte. 4 bits: [rows, 4 blocks]; byte i of a block's sixteen has its column i in the low
   * half and column 16 + i in the high one.
   */
  readonly values: tf.Tensor2D;
  /** [rows, blocks] float32, or [rows, 2 blocks] where each scale is followed by a minimum */
  readonly scales: tf.Tensor2D;
}

/** Blocks in a row. */
export const blocksOf = ({ columns, block }: Pick<CodedMatrix, 'columns' | 'block'>): number =>
  Math.ceil(columns / block);

/** All tensors of a matrix. */
export function tensorsOf(matrix: Matrix): tf.Tensor[] {
  switch (matrix.format) {
    case 'f32':
    case 'bf16':
      return [matrix.values];
    case 'codes':
      return [matrix.values, matrix.scales];
  }
}

export function formOf(matrix: Matrix): MatrixForm {
  if (matrix.format !== 'codes') return { format: matrix.format };
  const { format, bits, block, hasMinimums } = matrix;
  return { format, bits, block, hasMinimums };
}

export function isSameForm(a: MatrixForm, b: MatrixForm): boolean {
  if (a.format !== 'codes' || b.format !== 'codes') return a.format === b.format;
  return a.bits === b.bits && a.block === b.block && a.hasMinimums === b.hasMinimums;
}

/** Bytes of a matrix in a form. */
export function matrixBytes(form: MatrixForm, rows: number, columns: number): number {
  switch (form.format) {
    case 'f32':
      return 4 * rows * columns;
    case 'bf16':
      return 4 * rows * Math.ceil(columns / 2);
    case 'codes': {
      const { bits, block, hasMinimums } = form;
      return rows * blocksOf({ columns, block }) * ((bits * block) / 8 + (hasMinimums ? 8 : 4));
    }
  }
}
