// Rows of a table of token embeddings, in whatever format the table is stored.
import { implementOnHost, runOnHost } from '../../host-kernel.ts';
import { defineKernel } from '../../kernel.ts';
import { floatsOf, type Matrix } from '../../matrix.ts';
import * as tf from '../../tf.ts';

export interface EmbedArguments {
  readonly table: Matrix;
  /** [n], each in 0 .. table.rows */
  readonly tokens: Int32Array;
  readonly scale: number;
}

/** -> [rows]. The composition knows tables of f32 only. */
export const embedKernel = defineKernel<EmbedArguments>('LabEmbed', ({ table, tokens, scale }) => {
  return [tf.mul(tf.gather(floatsOf(table), tf.tensor1d(tokens, 'int32')), scale)];
});

/** @param tokens [n], each in 0 .. table.rows @returns [n, width] the tokens' rows times `scale` */
export function embed(table: Matrix, tokens: Int32Array, scale: number): tf.Tensor2D {
  return embedKernel({ table, tokens, scale })[0] as tf.Tensor2D;
}

implementOnHost(embedKernel, ({ table, tokens, scale }) => {
  const width = table.columns;
  const rows = runOnHost([table.values], [tokens.length, width], (out, values) => {
    tokens.forEach((token, i) => {
      const from = token * width;
      for (let j = 0; j < width; j++) out[i * width + j] = scale * values[from + j]!;
    });
  });
  return [rows];
});
