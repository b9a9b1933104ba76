// Rows of a table of token embeddings, in whatever form the table is kept.
import { defineKernel } from '../../kernel.ts';
import type { Matrix } from '../../matrix.ts';
import * as tf from '../../tf.ts';
import { floatRows } from '../../widen.ts';

export interface EmbedArguments {
  readonly table: Matrix;
  /** [n], each in 0 .. table.rows */
  readonly tokens: Int32Array;
  readonly scale: number;
}

/** -> [rows] */
export const embedKernel = defineKernel<EmbedArguments>('LabEmbed', ({ table, tokens, scale }) => {
  const rows = floatRows(table, tokens.length, (i) => tokens[i]!);
  return [scale === 1 ? rows : tf.mul(rows, scale)];
});

/** @param tokens [n], each in 0 .. table.rows @returns [n, width] the tokens' rows times `scale` */
export function embed(table: Matrix, tokens: Int32Array, scale: number): tf.Tensor2D {
  return embedKernel({ table, tokens, scale })[0] as tf.Tensor2D;
}
