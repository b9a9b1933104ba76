// Small tensors and matrices for tests of kernels.
import type { RandomStream } from '../../../src/core/random.ts';
import type { Matrix } from '../../../src/tensor/matrix.ts';
import * as tf from '../../../src/tensor/tf.ts';

/** Standard normal entries. */
export function randomTensor(shape: number[], random: RandomStream): tf.Tensor {
  return tf.tensor(randomValues(tf.util.sizeFromShape(shape), random), shape);
}

export function randomValues(size: number, random: RandomStream): Float32Array {
  return Float32Array.from({ length: size }, () => random.normal());
}

/** A matrix over the tensor itself. */
export function f32Matrix(values: tf.Tensor2D): Matrix {
  const [rows, columns] = values.shape;
  return { format: 'f32', rows, columns, values };
}
