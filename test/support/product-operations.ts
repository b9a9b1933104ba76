// Matrix products as operations under test: either operand transposed, stacked, with a bias.
import { batchMatMul, matMul } from '../../src/tensor/mat-mul.ts';
import {
  linear,
  linearBiasGradient,
  linearInputGradient,
  linearWeightGradient,
} from '../../src/tensor/ops/linear.ts';
import * as tf from '../../src/tensor/tf.ts';
import type { Operation } from './operation.ts';
import { referenceMatMul } from './reference-operations.ts';

export function linearOn(n: number, inputs: number, out: number): Operation {
  return {
    name: `linear [${n}, ${inputs}] to ${out}`,
    inputs: [[n, inputs], [out, inputs], [out]],
    reference: (x, weight, bias) =>
      referenceMatMul(x, weight, n, inputs, out, false, true).map((y, i) => y + bias[i % out]!),
    forward: (x, weight, bias) =>
      linear(x as tf.Tensor2D, weight as tf.Tensor2D, bias as tf.Tensor1D),
    backward: (dy, x, weight) => [
      linearInputGradient(dy as tf.Tensor2D, weight as tf.Tensor2D),
      linearWeightGradient(dy as tf.Tensor2D, x as tf.Tensor2D),
      linearBiasGradient(dy as tf.Tensor2D),
    ],
  };
}

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
