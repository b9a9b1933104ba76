// Choosing next tokens by the logits of a head: drawn by given uniform numbers, or the likeliest.
import type { Matrix } from '../../matrix.ts';
import * as tf from '../../tf.ts';
import { planPasses, rangesOf } from '../trie-loss/passes.ts';
import type { HeadOptions } from '../trie-loss/passes.ts';
import { gatherRows } from '../rows/rows.ts';
import { drawKernel, likeliestKernel } from './draw-kernels.ts';

/**
 * Independent draws from softmax(capped logits / temperature) by the inverse of the cumulative
 * distribution: u gives the first token at which the probabilities, added in the order of the
 * vocabulary, exceed u. The vocabulary passes in chunks, as in the loss.
 * @param hidden [rows, width] after the final norm @param head [vocab, width]
 * @param start [rows + 1] row r is drawn from uniforms start[r] .. start[r + 1]
 * @param uniforms [draws], each in 0 .. 1 without 1
 * @returns [draws] tokens
 */
export async function drawTokens(
  hidden: tf.Tensor2D,
  head: Matrix,
  start: Int32Array,
  uniforms: Float32Array,
  options: HeadOptions = {},
): Promise<Int32Array> {
  return tokensOf(hidden, head, options, (args, first, rows) => {
    const [begin, end] = [start[first]!, start[first + rows]!];
    return drawKernel({
      ...args,
      start: start.subarray(first, first + rows + 1).map((at) => at - begin),
      uniforms: uniforms.subarray(begin, end),
    });
  });
}

/**
 * The token of the largest logit of every row, the first of several.
 * @param hidden [rows, width] after the final norm @param head [vocab, width] @returns [rows]
 */
export async function likeliestTokens(
  hidden: tf.Tensor2D,
  head: Matrix,
  options: HeadOptions = {},
): Promise<Int32Array> {
  return tokensOf(hidden, head, options, (args) => likeliestKernel(args));
}

/** Runs a kernel on as many rows at a time as memory allows, and joins what it chose. */
async function tokensOf(
  hidden: tf.Tensor2D,
  head: Matrix,
  options: HeadOptions,
  run: (args: Parameters<typeof likeliestKernel>[0], first: number, rows: number) => tf.Tensor[],
): Promise<Int32Array> {
  const [rows] = hidden.shape;
  const { rows: atATime, ...pass } = planPasses(rows, head.rows, options);
  const parts = tf.tidy(() =>
    rangesOf(rows, atATime).map(({ first, size }) => {
      const own = Int32Array.from({ length: size }, (_, i) => first + i);
      const block = size === rows ? hidden : gatherRows(hidden, own);
      return run({ hidden: block, head, pass }, first, size)[0]!;
    }),
  );
  const values = await Promise.all(parts.map((part) => part.data()));
  tf.dispose(parts);
  return Int32Array.from(values.flatMap((part) => [...part]));
}
