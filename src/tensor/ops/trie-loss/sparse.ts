// Reading and lowering the few entries of a matrix of logits that targets point at.
import { runOnHost, tensorsAreInHostMemory } from '../../host-kernel.ts';
import * as tf from '../../tf.ts';
import type { Range } from './passes.ts';
import type { SparseTargets } from './targets.ts';

/** The targets that fall into a range of the vocabulary. */
export interface TargetsInRange {
  /** [targets here, 2] row, token - first */
  readonly rowAndToken: Int32Array;
  /** [targets here] weight of the row * probability of the target */
  readonly coefficient: Float32Array;
  /** [targets here] */
  readonly probability: Float32Array;
  /** [targets here] index into the targets */
  readonly target: Int32Array;
}

export function targetsInRange(
  { weight, start, token, probability }: SparseTargets,
  { first, size }: Range,
): TargetsInRange {
  const [rowAndToken, coefficient, target]: [number[], number[], number[]] = [[], [], []];
  for (let row = 0; row + 1 < start.length; row++) {
    for (let i = start[row]!; i < start[row + 1]!; i++) {
      const at = token[i]! - first;
      if (at < 0 || at >= size) continue;
      rowAndToken.push(row, at);
      coefficient.push(weight[row]! * probability[i]!);
      target.push(i);
    }
  }
  return {
    rowAndToken: Int32Array.from(rowAndToken),
    coefficient: Float32Array.from(coefficient),
    probability: Float32Array.from(target, (i) => probability[i]!),
    target: Int32Array.from(target),
  };
}

/** @param matrix [rows, range] @returns [targets here] its entries at the targets' places */
export function entriesAt(
  matrix: tf.Tensor2D,
  { rowAndToken }: Pick<TargetsInRange, 'rowAndToken'>,
): tf.Tensor1D {
  const count = rowAndToken.length / 2;
  const columns = matrix.shape[1];
  if (!tensorsAreInHostMemory()) return tf.gatherND(matrix, indices(rowAndToken)) as tf.Tensor1D;
  return runOnHost([matrix], [count], (out, values) => {
    for (let i = 0; i < count; i++) {
      out[i] = values[rowAndToken[2 * i]! * columns + rowAndToken[2 * i + 1]!]!;
    }
  }) as tf.Tensor1D;
}

/** @param matrix [rows, range] @returns it less coefficient * scale at the targets' places */
export function lessTargets(
  matrix: tf.Tensor2D,
  { rowAndToken, coefficient }: TargetsInRange,
  scale: number,
): tf.Tensor2D {
  if (coefficient.length === 0) return matrix;
  const columns = matrix.shape[1];
  if (!tensorsAreInHostMemory()) {
    const values = tf.mul(tf.tensor1d(coefficient), scale);
    return tf.sub(matrix, tf.scatterND(indices(rowAndToken), values, matrix.shape));
  }
  return runOnHost([matrix], matrix.shape, (out, values) => {
    out.set(values);
    coefficient.forEach((value, i) => {
      out[rowAndToken[2 * i]! * columns + rowAndToken[2 * i + 1]!]! -= value * scale;
    });
  }) as tf.Tensor2D;
}

function indices(rowAndToken: Int32Array): tf.Tensor2D {
  return tf.tensor2d(rowAndToken, [rowAndToken.length / 2, 2], 'int32');
}
