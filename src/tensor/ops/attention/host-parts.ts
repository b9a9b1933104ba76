// What attention's host kernels share: sizes, packing for matrix products, sums over a head.
import { runOnHostTo } from '../../host-kernel.ts';
import type * as tf from '../../tf.ts';
import { queriesOf } from './shape.ts';
import type { AttentionInputs } from './shape.ts';

export type Values = Float32Array | Int32Array;

/** Sizes that the loops go by. */
export function sizesOf({ shape, tree }: AttentionInputs) {
  const { heads, kvHeads, headDim: d } = shape;
  const { first, count } = queriesOf(shape, tree);
  const { rows, slots } = tree;
  return { rows, slots, heads, kvHeads, d, first, count, group: heads / kvHeads };
}
export type Sizes = ReturnType<typeof sizesOf>;

export function dot(a: Values, i: number, b: Values, j: number, d: number): number {
  let [even, odd] = [0, 0];
  const last = i + d - 1;
  for (; i < last; i += 2, j += 2) {
    even += a[i]! * b[j]!;
    odd += a[i + 1]! * b[j + 1]!;
  }
  return i === last ? even + odd + a[i]! * b[j]! : even + odd;
}

export function addScaled(
  a: Float32Array,
  i: number,
  b: Values,
  j: number,
  factor: number,
  d: number,
): void {
  for (const last = i + d; i < last; i++, j++) a[i]! += factor * b[j]!;
}

/** Every query of every head: `at` is its place in [rows * kvHeads, group * queries]. */
function forEachRow(
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

/** [rows * queries, heads * d] -> [rows * kvHeads, group * queries, d] */
export function groupQueries(x: tf.Tensor, s: Sizes): tf.Tensor3D {
  const shape = [s.rows * s.kvHeads, s.group * s.count, s.d];
  return runOnHostTo([x], [shape], ([out], values) => {
    forEachRow(s, (row, query, head, at) => {
      const place = ((row * s.count + query) * s.heads + head) * s.d;
      for (let c = 0; c < s.d; c++) out![at * s.d + c] = values![place + c]!;
    });
  })[0] as tf.Tensor3D;
}

/** Adds [rows * kvHeads, group * queries, d] to `y` [rows * queries, heads * d] in place. */
export function addGrouped(y: tf.Tensor, x: tf.Tensor3D, s: Sizes): void {
  runOnHostTo([y, x], [], (_, out, values) => {
    forEachRow(s, (row, query, head, at) => {
      const place = ((row * s.count + query) * s.heads + head) * s.d;
      for (let c = 0; c < s.d; c++) out![place + c]! += values![at * s.d + c]!;
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
