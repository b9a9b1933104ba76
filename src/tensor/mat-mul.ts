// Matrix products that are fast on every backend.
import type { Matrix } from './matrix.ts';
import * as tf from './tf.ts';
import { uninitialised } from './wasm/heap.ts';
import {
  blockOf,
  multiplyInto,
  operandOf,
  fewerRows,
  transposeInto,
  wholeOf,
} from './wasm/product.ts';
import type { Block } from './wasm/product.ts';
import { floatRows, floatsOf } from './widen.ts';

/** Some of a matrix's rows. */
interface RowRange {
  readonly first: number;
  readonly size: number;
}

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

/** a w^T, w a weight's rows, all unless given. @param a [n, k] @param weight [m, k] @returns [n, rows] */
export function matMulByRows(a: tf.Tensor2D, weight: Matrix, rows?: RowRange): tf.Tensor2D {
  return matMulByWeight(a, weight, rows, true);
}

/** a w, w a weight's rows, all unless given. @param a [n, rows] @param weight [m, k] @returns [n, k] */
export function matMulByWeight(
  a: tf.Tensor2D,
  weight: Matrix,
  rows?: RowRange,
  transposed = false,
): tf.Tensor2D {
  if (tf.getBackend() !== 'wasm' || tf.engine().isTapeOn()) {
    const w = rows ? floatRows(weight, rows.size, (i) => rows.first + i) : floatsOf(weight);
    return matMul(a, w, false, transposed);
  }
  const { first, size } = rows ?? { first: 0, size: weight.rows };
  const c = uninitialised([a.shape[0], transposed ? size : weight.columns]) as tf.Tensor2D;
  const w = fewerRows(operandOf(weight), first, size);
  multiplyInto(wholeOf(c), wholeOf(a), w, { byRows: transposed });
  return c;
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
export function transposed<X extends tf.Tensor2D | tf.Tensor3D>(x: X): X {
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
  const m = b.shape.at(transposeB ? -2 : -1)!;
  const c = uninitialised([...left.shape.slice(0, -1), m]);
  const [lefts, rights, products] = [left, b, c].map(blocksOf);
  products!.forEach((product, i) =>
    multiplyInto(product, lefts![i]!, rights![i]!, { byRows: transposeB }),
  );
  if (left !== a) left.dispose();
  return c;
}

function wasmTranspose(x: tf.Tensor): tf.Tensor {
  const [m, n] = [x.shape.at(-1)!, x.shape.at(-2)!];
  const turned = uninitialised([...x.shape.slice(0, -2), m, n]);
  const to = blocksOf(turned);
  blocksOf(x).forEach((block, i) => transposeInto(to[i]!, block));
  return turned;
}

/** Of a matrix, or of each of a stack. */
function blocksOf(x: tf.Tensor): Block[] {
  const [columns, rows] = [x.shape.at(-1)!, x.shape.at(-2)!];
  const count = x.rank === 2 ? 1 : x.shape[0]!;
  return Array.from({ length: count }, (_, i) => blockOf(x, rows, columns, i * rows * columns));
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
  gradFunc: (dy: tf.Tensor) => transposed(dy as tf.Tensor2D),
}));
