// Running a product with a weight: the variant that suits the adapter, on all of it or on a range.
import type { Matrix } from '../matrix.ts';
import type * as tf from '../tf.ts';
import { gemmProgram, gemmWorkgroups } from './gemm.ts';
import type { GemmBranch } from './gemm.ts';
import type { GemmForm } from './gemm-block.ts';
import { gpu } from './gpu.ts';
import { weightTensors } from './matrix-loads.ts';
import { gemmVariant } from './tuning.ts';

interface ProductOptions {
  readonly bias?: tf.TensorInfo;
  /** [n, m] */
  readonly added?: tf.TensorInfo;
  /** Rows of the weight that take part: a chunk of a vocabulary; all of them if left out. */
  readonly first?: number;
  readonly count?: number;
  /** Adds onto this tensor in place instead of making a new one. */
  readonly onto?: tf.TensorInfo;
  readonly branch?: GemmBranch & {
    readonly tensors: Readonly<Record<string, tf.TensorInfo>>;
    readonly values: Readonly<Record<string, number>>;
  };
}

/**
 * `rows`: y [n, count] = x W[first..]^T with x [n, columns]; `columns`: y [n, columns] = x W[first..]
 * with x [n, count]. Plus bias, added and branch.
 */
export function product(
  form: GemmForm,
  x: tf.TensorInfo,
  weight: Matrix,
  { bias, added, first = 0, count = weight.rows - first, onto, branch }: ProductOptions = {},
): tf.TensorInfo {
  const n = x.shape[0]!;
  const [k, m] = form === 'rows' ? [weight.columns, count] : [count, weight.columns];
  const y = onto ?? gpu().output([n, m]);
  const variant = gemmVariant(form, { n, k, m });
  const program = gemmProgram(form, weight, { k, m }, variant, {
    bias: bias !== undefined,
    added: added !== undefined,
    accumulate: onto !== undefined,
    ...(branch && { branch }),
  });
  gpu().run(program, {
    tensors: {
      x,
      y,
      ...weightTensors(weight),
      ...(bias && { bias }),
      ...(added && { added }),
      ...branch?.tensors,
    },
    uniforms: { n, k, m, wFirst: first, wColumns: weight.columns, ...branch?.values },
    workgroups: gemmWorkgroups(variant, n, m),
  });
  return y;
}
