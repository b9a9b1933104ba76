// Matrix products as operations under test: either operand transposed, stacked.
import { batchMatMul, matMul, transposed } from '../../src/tensor/mat-mul.ts';
import { sumRows } from '../../src/tensor/ops/sum-rows.ts';
import * as tf from '../../src/tensor/tf.ts';
import type { Operation } from './operation.ts';

/** a b with the gradients that follow from it, through the same function. */
export function matMulOn(
  [m, k, n]: readonly [number, number, number],
  transposeA: boolean,
  transposeB: boolean,
): Operation {
  const product = (a: tf.Tensor, b: tf.Tensor, ta = false, tb = false) =>
    matMul(a as tf.Tensor2D, b as tf.Tensor2D, ta, tb);
  return {
    name: `matMul ${m}x${k}x${n}${transposeA ? ' a^T' : ''}${transposeB ? ' b^T' : ''}`,
    inputs: [transposeA ? [k, m] : [m, k], transposeB ? [n, k] : [k, n]],
    reference: (a, b) => referenceMatMul(a, b, m, k, n, transposeA, transposeB),
    forward: (a, b) => product(a, b, transposeA, transposeB),
    backward: (dy, a, b) => [
      transposeA ? product(b, dy, transposeB, true) : product(dy, b, false, !transposeB),
      transposeB ? product(dy, a, true, transposeA) : product(a, dy, !transposeA, false),
    ],
  };
}

export function batchMatMulOn(
  [batch, m, k, n]: readonly [number, number, number, number],
  transposeA: boolean,
  transposeB: boolean,
): Operation {
  const product = (a: tf.Tensor, b: tf.Tensor, ta = false, tb = false) =>
    batchMatMul(a as tf.Tensor3D, b as tf.Tensor3D, ta, tb);
  return {
    name: `batchMatMul ${batch}x${m}x${k}x${n}${transposeA ? ' a^T' : ''}${transposeB ? ' b^T' : ''}`,
    inputs: [
      [batch, ...(transposeA ? [k, m] : [m, k])],
      [batch, ...(transposeB ? [n, k] : [k, n])],
    ],
    reference: (a, b) => {
      const of = (i: number) => [
        a.subarray(i * m * k, (i + 1) * m * k),
        b.subarray(i * k * n, (i + 1) * k * n),
      ];
      const products = Array.from({ length: batch }, (_, i) => {
        const [left, right] = of(i);
        return referenceMatMul(left!, right!, m, k, n, transposeA, transposeB);
      });
      return Float64Array.from(products.flatMap((p) => [...p]));
    },
    forward: (a, b) => product(a, b, transposeA, transposeB),
    taped: (a, b) => tf.matMul(a, b, transposeA, transposeB),
    backward: (dy, a, b) => [
      transposeA ? product(b, dy, transposeB, true) : product(dy, b, false, !transposeB),
      transposeB ? product(dy, a, true, transposeA) : product(a, dy, !transposeA, false),
    ],
  };
}

export function transposeOn(n: number, m: number): Operation {
  return {
    name: `transpose ${n}x${m}`,
    inputs: [[n, m]],
    reference: (x) => Float64Array.from(x, (_, at) => x[(at % n) * m + Math.floor(at / n)]!),
    forward: (x) => transposed(x as tf.Tensor2D),
    backward: (dy) => [transposed(dy as tf.Tensor2D)],
  };
}

export function sumRowsOn(n: number, width: number): Operation {
  return {
    name: `sumRows [${n}, ${width}]`,
    inputs: [[n, width]],
    reference: (x) =>
      Float64Array.from({ length: width }, (_, j) =>
        Array.from({ length: n }, (_, i) => x[i * width + j]!).reduce((a, b) => a + b, 0),
      ),
    forward: (x) => sumRows(x as tf.Tensor2D),
    backward: (dy) => [tf.tile(tf.reshape(dy, [1, width]), [n, 1])],
  };
}

const BOTH = [false, true] as const;

/** One row, one column, sizes around the multiples of 4 that kernels are unrolled by. */
export const PRODUCTS: readonly Operation[] = [
  ...[[1, 2] as const, [1, 7] as const, [5, 16] as const].map(([n, width]) => sumRowsOn(n, width)),
  ...BOTH.flatMap((a) =>
    BOTH.flatMap((b) => [
      matMulOn([1, 1, 1], a, b),
      matMulOn([3, 1, 5], a, b),
      matMulOn([7, 13, 9], a, b),
      batchMatMulOn([1, 3, 5, 2], a, b),
      batchMatMulOn([3, 1, 7, 1], a, b),
      batchMatMulOn([5, 6, 4, 11], a, b),
    ]),
  ),
];

/** [m, k] x [k, n]; `a` is [k, m] where transposed, `b` [n, k]. */
function referenceMatMul(
  a: Float64Array,
  b: Float64Array,
  m: number,
  k: number,
  n: number,
  transposeA: boolean,
  transposeB: boolean,
): Float64Array {
  const result = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      for (let l = 0; l < k; l++) {
        const left = a[transposeA ? l * m + i : i * k + l]!;
        result[i * n + j]! += left * b[transposeB ? j * k + l : l * n + j]!;
      }
    }
  }
  return result;
}
