// A batch as tfjs tensors.
import * as tf from '@tensorflow/tfjs';
import type { DecoderSpec } from '../../../src/model/spec/decoder-spec.ts';
import type { DenseBatch } from '../../workload/dense-batch.ts';

/** A batch on the device. */
export interface TfjsBatch {
  readonly rows: number;
  readonly slots: number;
  /** [rows * slots] int32 */
  readonly tokens: tf.Tensor1D;
  /** [rows, slots, 1, headDim / 2] */
  readonly cos: tf.Tensor4D;
  readonly sin: tf.Tensor4D;
  /** [rows, 1, group * slots, slots]: the queries of a key/value head's group one after the other */
  readonly mask: tf.Tensor4D;
  /** [outputs, rows * slots] one-hot: on wasm tfjs cannot differentiate a gather */
  readonly selection: tf.Tensor2D;
  /** [outputs] */
  readonly weights: tf.Tensor1D;
  /** [outputs, vocab] */
  readonly labels: tf.Tensor2D;
}

export function uploadBatch(batch: DenseBatch, spec: DecoderSpec): TfjsBatch {
  const { rows, slots, outputs } = batch;
  const { inverseFrequencies, cosSinFactor } = spec.ropes[0]!;
  return tf.tidy(() => {
    const positions = tf.tensor2d(Array.from(batch.positions), [rows * slots, 1]);
    const angles = tf.mul(positions, tf.tensor2d(inverseFrequencies, [1, spec.headDim / 2]));
    const perHead: [number, number, number, number] = [rows, slots, 1, spec.headDim / 2];
    const mask = tf.tensor4d(batch.mask, [rows, 1, slots, slots]);
    return {
      rows,
      slots,
      tokens: tf.tensor1d(batch.tokens, 'int32'),
      cos: tf.reshape<tf.Rank.R4>(tf.mul(tf.cos(angles), cosSinFactor), perHead),
      sin: tf.reshape<tf.Rank.R4>(tf.mul(tf.sin(angles), cosSinFactor), perHead),
      mask: tf.tile(mask, [1, 1, spec.heads / spec.kvHeads, 1]),
      selection: tf.cast<tf.Tensor2D>(
        tf.oneHot(tf.tensor1d(batch.outputSlots, 'int32'), rows * slots) as tf.Tensor2D,
        'float32',
      ),
      weights: tf.tensor1d(batch.weights),
      labels: tf.tensor2d(batch.labels, [outputs, spec.vocabSize]),
    };
  });
}
