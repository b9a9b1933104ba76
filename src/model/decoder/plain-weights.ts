// A decoder's weights as plain data, and back: how another thread gets a copy of what is loaded here.
import type { Matrix } from '../../tensor/matrix.ts';
import * as tf from '../../tensor/tf.ts';
import type { DecoderWeights } from './decoder-weights.ts';

interface PlainTensor {
  readonly values: Float32Array | Int32Array;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
}

/** A matrix with its tensors as arrays, or a vector. */
export interface PlainWeight {
  readonly name: string;
  /** All of a matrix but its tensors. */
  readonly matrix?: Omit<Matrix, 'values' | 'scales'>;
  readonly tensors: Readonly<Record<string, PlainTensor>>;
}

export const bytesOf = ({ tensors }: PlainWeight): number =>
  Object.values(tensors).reduce((sum, { values }) => sum + values.byteLength, 0);

/** One after the other, so that they need not exist at once. Off WebGPU alone, where reading is immediate. */
export function* plainWeights(weights: DecoderWeights): Generator<PlainWeight> {
  for (const [name, weight] of weights) {
    if (weight instanceof tf.Tensor) {
      yield { name, tensors: { values: plain(weight) } };
      continue;
    }
    const { values, ...rest } = weight;
    if (!('scales' in rest)) {
      yield { name, matrix: rest, tensors: { values: plain(values) } };
      continue;
    }
    const { scales, ...matrix } = rest;
    yield { name, matrix, tensors: { values: plain(values), scales: plain(scales) } };
  }
}

/** Puts a weight in its place, on the present backend. */
export function placeWeight(weights: DecoderWeights, { name, matrix, tensors }: PlainWeight): void {
  const kept = Object.entries(tensors).map(([key, { values, shape, dtype }]) => {
    const tensor = tf.tensor(values, [...shape], dtype);
    return [key, tf.keep(tensor)] as const;
  });
  const placed = Object.fromEntries(kept);
  if (matrix === undefined) weights.set(name, placed['values'] as tf.Tensor1D);
  else weights.set(name, { ...matrix, ...placed } as Matrix);
}

const plain = (tensor: tf.Tensor): PlainTensor => ({
  values: tensor.dataSync() as Float32Array | Int32Array,
  shape: tensor.shape,
  dtype: tensor.dtype as PlainTensor['dtype'],
});
