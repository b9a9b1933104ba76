// Matrix products that are fast on every backend.
import type { Matrix } from './matrix.ts';
import * as tf from './tf.ts';
import { addressOf, uninitialised } from './wasm/heap.ts';
import { wasmKernels } from './wasm/kernels.ts';
import { floatsOf } from './widen.ts';

/** a b for matrices, either one transposed first. */
export function matMul(
  a: tf.Tensor2D,
  b: tf.Tensor2D,
  transposeA = false,
  transposeB = false,
): tf.Tensor2D {
  if (tf.getBackend() !== 'wasm') return tf.matMul(a, b, transposeA, transposeB);
  const taped = tf.engine().isTapeOn();
  return taped
    ? recorded(transposeA, transposeB)(a, b)
    : (wasmProduct(a, b, transposeA, transposeB) as tf.Tensor2D);
}

/** a weight^T. @param a [n, k] @param weight [m, k] @returns [n, m] */
export function matMulByRows(a: tf.Tensor2D, weight: Matrix): tf.Tensor2D {
  return matMul(a, floatsOf(weight), false, true);
}

/**
 * Products of stacked matrices: [batch, m, k] x [batch, k, n] -> [batch, m, n]; `b` is
 * [batch, n, k] where `transposeB`, `a` is [batch, k, m] where `transposeA`. Not recorded on a tape.
 */
export function batchMatMul(
  a: tf.Tensor3D,
  b: tf.Tensor3D,
  transposeA = false,
  transposeB = false,
): tf.Tensor3D {
  if (tf.getBackend() !== 'wasm') return tf.matMul(a, b, transposeA, transposeB);
  return wasmProduct(a, b, transposeA, transposeB) as tf.Tensor3D;
}

/** The transpose of a matrix, or of each of a stack. @param x […, n, m] @returns […, m, n] */
export function transpose<X extends tf.Tensor2D | tf.Tensor3D>(x: X): X {
  const turned = x.rank === 2 ? [1, 0] : [0, 2, 1];
  if (tf.getBackend() !== 'wasm') return tf.transpose(x as tf.Tensor, turned) as X;
  return (tf.engine().isTapeOn() ? recordedTranspose(x) : wasmTranspose(x)) as X;
}

function wasmProduct(
  a: tf.Tensor,
  b: tf.Tensor,
  transposeA: boolean,
  transposeB: boolean,
): tf.Tensor {
  // The functions read rows of `a`: columns become rows before.
  const left = transposeA ? wasmTranspose(a) : a;
  const [k, n] = [left.shape.at(-1)!, left.shape.at(-2)!];
  const m = b.shape.at(transposeB ? -2 : -1)!;
  const stacked = a.shape.slice(0, -2);
  const c = uninitialised([...stacked, n, m]);
  const { kernels, scratch } = wasmKernels();
  const multiply = transposeB ? kernels.multiplyByRows : kernels.multiply;
  const [toC, fromA, fromB] = [addressOf(c), addressOf(left), addressOf(b)];
  for (let i = 0; i < (stacked[0] ?? 1); i++) {
    const [at, of, by] = [toC + 4 * i * n * m, fromA + 4 * i * n * k, fromB + 4 * i * k * m];
    multiply(at, of, by, n, k, m, false, scratch);
  }
  if (left !== a) left.dispose();
  return c;
}

function wasmTranspose(x: tf.Tensor): tf.Tensor {
  const [m, n] = [x.shape.at(-1)!, x.shape.at(-2)!];
  const stacked = x.shape.slice(0, -2);
  const turned = uninitialised([...stacked, m, n]);
  const [from, to] = [addressOf(x), addressOf(turned)];
  for (let i = 0; i < (stacked[0] ?? 1); i++) {
    wasmKernels().kernels.transpose(from + 4 * i * n * m, n, m, to + 4 * i * n * m);
  }
  return turned;
}

/** The tape that tests compare gradients with must know these operations' own. */
const recorded = (transposeA: boolean, transposeB: boolean) =>
  tf.customGrad((a, b, save) => {
    const [left, right] = [a as tf.Tensor2D, b as tf.Tensor2D];
    (save as tf.GradSaveFunc)([left, right]);
    return {
      value: wasmProduct(left, right, transposeA, transposeB) as tf.Tensor2D,
      gradFunc(dy: tf.Tensor2D, saved: tf.Tensor[]) {
        const [x, y] = saved as [tf.Tensor2D, tf.Tensor2D];
        return [
          transposeA ? matMul(y, dy, transposeB, true) : matMul(dy, y, false, !transposeB),
          transposeB ? matMul(dy, x, true, transposeA) : matMul(x, dy, !transposeA, false),
        ];
      },
    };
  }) as (a: tf.Tensor2D, b: tf.Tensor2D) => tf.Tensor2D;

const recordedTranspose = tf.customGrad((x) => ({
  value: wasmTranspose(x as tf.Tensor),
  gradFunc: (dy: tf.Tensor) => transpose(dy as tf.Tensor2D),
}));
