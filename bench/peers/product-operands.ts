// The two matrices whose product is timed.
import { randomWeights } from '../model/random-weights.ts';

/**
 * x and W, both [size, size] and row by row. x W^T W^T … stays near 1: W has variance 1 / size.
 */
export function productOperands(size: number): [Float32Array, Float32Array] {
  const values = randomWeights(1);
  return [values('x', [size, size]), values('w', [size, size])];
}
