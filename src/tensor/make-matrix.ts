// Makes matrices on the present backend, of values or of codes; their tensors outlive any `tf.tidy`.
import { formOfCodes, type BlockCodes } from './block-codes.ts';
import { MatrixWriter } from './matrix-writer.ts';
import { FORMS, type CodedMatrix, type F32Matrix, type Matrix, type MatrixForm } from './matrix.ts';

/** @param values [rows, columns], finite; rounded to what the form holds */
export function toMatrix(
  values: Float32Array | BlockCodes,
  rows: number,
  columns: number,
  form: MatrixForm,
): Matrix {
  const writer = new MatrixWriter(rows, columns, form);
  writer.put(0, values);
  return writer.matrix;
}

/** @param values [rows, columns] */
export const toF32Matrix = (values: Float32Array, rows: number, columns: number): F32Matrix =>
  toMatrix(values, rows, columns, FORMS.f32) as F32Matrix;

/** Exactly what the codes stand for. */
export const toCodedMatrix = (codes: BlockCodes): CodedMatrix =>
  toMatrix(codes, codes.rows, codes.columns, {
    format: 'codes',
    ...formOfCodes(codes),
  }) as CodedMatrix;
