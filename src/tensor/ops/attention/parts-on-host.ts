// What attention's host kernels share: sizes, packing for matrix products, sums over a head.
import { runOnHostTo, type Values } from '../../host-kernel.ts';
import type * as tf from '../../tf.ts';
import { queriesOf } from './attention-shape.ts';
import type { AttentionInputs } from './attention-shape.ts';

/** Sizes that the loops go by. */
export function sizesOf({ shape, tree }: AttentionInputs) {
  const { heads, kvHeads, headDim: d } = shape;
  const { first, count } = queriesOf(shape, tree);
  const { rows, slots } = tree;
  return { rows, slots, heads, kvHeads, d, first, count, group: heads / kvHeads };
}
export type Sizes = ReturnType<typeof sizesOf>;

/** Four sums side by side: additions need not wait for each other. */
export function dot(a: Values, i: number, b: Values, j: number, d: number): number {
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  const end = i + d;
  for (const last = end - 3; i < last; i += 4, j += 4) {
    first += a[i]! * b[j]!;
    second += a[i + 1]! * b[j + 1]!;
    third += a[i + 2]! * b[j + 2]!;
    fourth += a[i + 3]! * b[j + 3]!;
  }
  for (; i < end; i++, j++) first += a[i]! * b[j]!;
  return first + second + (third + fourth);
}

export function addScaled(
  a: Float32Array,
  i: number,
  b: Values,
  j: number,
  factor: number,
  d: number,
): void {
  const end = i + d;
  for (const last = end - 3; i < last; i += 4, j += 4) {
    a[i]! += factor * b[j]!;
    a[i + 1]! += factor * b[j + 1]!;
    a[i + 2]! += factor * b[j + 2]!;
    a[i + 3]! += factor * b[j + 3]!;
  }
  for (; i < end; i++, j++) a[i]! += factor * b[j]!;
}

/** Every query of every head: `at` is its place in [rows * kvHeads, group * queries]. */
export function forEachRow(
  { rows, heads, count }: Sizes,
  visit: (row: number, query: number, head: number, at: number) => void,
): void {
  for (let row = 0; row < rows; row++) {
    for (let head = 0; head < heads; head++) {
      for (let query = 0; query < count; query++) {
        visit(row, query, head, (row * heads + head) * count + query);
      }
    }
  }
}

/** factor * x, [rows * queries, heads * d] -> [rows * kvHeads, group * queries, d] */
export function groupQueries(x: tf.Tensor, s: Sizes, factor = 1): tf.Tensor3D {
  const { d } = s;
  const shape = [s.rows * s.kvHeads, s.group * s.count, d];
  return runOnHostTo([x], [shape], ([out], values) => {
    forEachRow(s, (row, query, head, at) => {
      const place = ((row * s.count + query) * s.heads + head) * d;
      addScaled(out!, at * d, values!, place, factor, d);
    });
  })[0] as tf.Tensor3D;
}

/** Adds [rows * kvHeads, group * queries, d] to `y` [rows * queries, heads * d] in place. */
export function addGrouped(y: tf.Tensor, x: tf.Tensor3D, s: Sizes): void {
  const { d } = s;
  runOnHostTo([y, x], [], (_, out, values) => {
    forEachRow(s, (row, query, head, at) => {
      const place = ((row * s.count + query) * s.heads + head) * d;
      addScaled(out as Float32Array, place, values!, at * d, 1, d);
    });
  });
}

/** The chain's keys, or with `first` = kvHeads its values: [rows * kvHeads, chain, d] */
export function chainOf(kv: tf.Tensor, s: Sizes, first: number, chain: number): tf.Tensor3D {
  return runOnHostTo([kv], [[s.rows * s.kvHeads, chain, s.d]], ([out], values) => {
    for (let row = 0; row < s.rows; row++) {
      for (let head = 0; head < s.kvHeads; head++) {
        for (let key = 0; key < chain; key++) {
          const place = ((row * s.slots + key) * 2 * s.kvHeads + first + head) * s.d;
          const to = ((row * s.kvHeads + head) * chain + key) * s.d;
          for (let c = 0; c < s.d; c++) out![to + c] = values![place + c]!;
        }
      }
    }
  })[0] as tf.Tensor3D;
}

/** Adds the gradient of the chain's keys or values, [rows * kvHeads, chain, d], to that of kv in place. */
export function addChain(dkv: tf.Tensor, x: tf.Tensor3D, s: Sizes, first: number): void {
  const chain = x.shape[1];
  runOnHostTo([dkv, x], [], (_, out, values) => {
    for (let row = 0; row < s.rows; row++) {
      for (let head = 0; head < s.kvHeads; head++) {
        for (let key = 0; key < chain; key++) {
          const place = ((row * s.slots + key) * 2 * s.kvHeads + first + head) * s.d;
          const from = ((row * s.kvHeads + head) * chain + key) * s.d;
          for (let c = 0; c < s.d; c++) out![place + c]! += values![from + c]!;
        }
      }
    }
  });
}
