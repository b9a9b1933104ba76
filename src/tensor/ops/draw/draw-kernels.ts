// The kernels that choose tokens for one block of rows, and what wasm and cpu run for them.
import { runOnHostTo } from '../../host-kernel.ts';
import { defineKernel } from '../../kernel.ts';
import type { Matrix } from '../../matrix.ts';
import * as tf from '../../tf.ts';
import { logitsOf } from '../trie-loss/head-product.ts';
import { rangesOf } from '../trie-loss/passes.ts';
import type { HeadPass, Range } from '../trie-loss/passes.ts';

export interface LikeliestArguments {
  /** [rows, width] */
  readonly hidden: tf.Tensor2D;
  /** [vocab, width] */
  readonly head: Matrix;
  readonly pass: HeadPass;
}

export interface DrawArguments extends LikeliestArguments {
  /** [rows + 1] */
  readonly start: Int32Array;
  /** [draws] */
  readonly uniforms: Float32Array;
}

/** -> [tokens [rows]] */
export const likeliestKernel = defineKernel<LikeliestArguments>(
  'LabLikeliest',
  ({ hidden, head, pass }) => {
    let best: { value: tf.Tensor; token: tf.Tensor } | undefined;
    for (const range of rangesOf(head.rows, pass.chunk)) {
      const { logits } = logitsOf(hidden, head, pass, range);
      const value = tf.max(logits, 1);
      const token = tf.add(tf.argMax(logits, 1), tf.scalar(range.first, 'int32'));
      const better = best && tf.greater(value, best.value);
      best = better
        ? {
            value: tf.maximum(value, best!.value),
            token: tf.where(better, token, best!.token),
          }
        : { value, token };
    }
    return [best!.token];
  },
);

/**
 * -> [tokens [draws]]. Reads tensors where they lie, so it is the implementation of wasm and cpu
 * rather than a composition. Tokens weigh exp(logit - largest logit of the row): weights of equal
 * logits are equal to the last bit, also across chunks.
 */
export const drawKernel = defineKernel<DrawArguments>(
  'LabDraw',
  ({ hidden, head, pass, start, uniforms }) => {
    const ranges = rangesOf(head.rows, pass.chunk);
    const rows = Array.from({ length: hidden.shape[0] }, (_, row) => row);
    const drawn = rows.filter((row) => start[row + 1]! > start[row]!);
    const softmax = (range: Range) => {
      const { logits } = logitsOf(hidden, head, pass, range);
      return { p: tf.softmax(logits), top: tf.max(logits, 1) };
    };
    const chunks = ranges.map((range) => {
      const { p, top } = softmax(range);
      return { ...sumsOf(p, drawn), tops: top.dataSync(), ...(ranges.length === 1 && { p }) };
    });
    const tokens = new Int32Array(uniforms.length);
    const waiting = ranges.map((): Draw[] => []);
    for (const row of drawn) {
      const top = Math.max(...chunks.map(({ tops }) => tops[row]!));
      const scales = chunks.map(({ tops }) => Math.exp(tops[row]! - top));
      let sum = 0;
      const masses = chunks.map(({ sums, peaks }, c) => (scales[c]! * sums[row]!) / peaks[row]!);
      const cumulative = Float64Array.from(masses, (mass) => (sum += mass));
      for (let i = start[row]!; i < start[row + 1]!; i++) {
        const target = uniforms[i]! * sum;
        const c = indexAbove(cumulative, target);
        const rest = ((target - (cumulative[c - 1] ?? 0)) / scales[c]!) * chunks[c]!.peaks[row]!;
        waiting[c]!.push({ row, draw: i, target: rest });
      }
    }
    ranges.forEach((range, c) => {
      if (waiting[c]!.length === 0) return;
      const found = search(chunks[c]!.p ?? softmax(range).p, waiting[c]!);
      waiting[c]!.forEach(({ draw }, i) => (tokens[draw] = range.first + found[i]!));
    });
    return [tf.tensor1d(tokens, 'int32')];
  },
);

/** A draw that has come down to one chunk. */
interface Draw {
  readonly row: number;
  /** Index into the uniform numbers. */
  readonly draw: number;
  /** Its token is the first at which the row's probabilities in the chunk, added up, exceed this. */
  readonly target: number;
}

/** Of some rows: the sum of the probabilities, near 1, and the largest of them. */
function sumsOf(p: tf.Tensor, rows: readonly number[]) {
  const [count, columns] = p.shape as [number, number];
  const [sums, peaks] = [new Float64Array(count), new Float64Array(count)];
  runOnHostTo([p], [], (_, values) => {
    for (const row of rows) {
      let [sum, peak] = [0, 0];
      for (let at = row * columns; at < (row + 1) * columns; at++) {
        const value = values![at]!;
        sum += value;
        if (value > peak) peak = value;
      }
      sums[row] = sum;
      peaks[row] = peak;
    }
  });
  return { sums, peaks };
}

/** @param draws by rows @returns columns */
function search(p: tf.Tensor, draws: readonly Draw[]): Int32Array {
  const columns = p.shape[1]!;
  const cumulative = new Float64Array(columns);
  const found = new Int32Array(draws.length);
  runOnHostTo([p], [], (_, values) => {
    let summed = -1;
    draws.forEach(({ row, target }, i) => {
      if (row !== summed) {
        for (let j = 0, sum = 0; j < columns; j++) {
          cumulative[j] = sum += values![row * columns + j]!;
        }
        summed = row;
      }
      found[i] = indexAbove(cumulative, target);
    });
  });
  return found;
}

/**
 * The first index at which ascending sums exceed the target; where rounding has carried the target
 * past them all, the first of the largest.
 */
function indexAbove(sums: Float64Array, target: number): number {
  const last = sums.at(-1)!;
  const below = Math.min(target, last * (1 - Number.EPSILON / 2));
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle]! > below) high = middle;
    else low = middle + 1;
  }
  return low;
}
