// The lab once more, with what its weights stand for in f32: what it takes to keep them in fewer bits.
import { toMatrix } from '../../../src/tensor/make-matrix.ts';
import { FORMS, tensorsOf } from '../../../src/tensor/matrix.ts';
import type { WeightFormat } from '../../../src/tensor/matrix.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { floatsOf } from '../../../src/tensor/widen.ts';
import { labPeer } from '../lab/peer.ts';
import type { Peer } from '../peer.ts';

export const widenedPeer: Peer = {
  ...labPeer,
  trainingStep: ({ weights, format, ...setup }) =>
    labPeer.trainingStep({
      ...setup,
      format: 'f32',
      weights: (name, shape) => widened(weights(name, shape), shape, format),
    }),
};

/** What is left of a matrix that is kept in a format; vectors are kept whole. */
function widened(
  values: Float32Array,
  [rows, columns]: readonly number[],
  format: WeightFormat,
): Float32Array {
  if (columns === undefined) return values;
  const matrix = toMatrix(values, rows!, columns, FORMS[format]);
  const floats = floatsOf(matrix);
  const result = floats.dataSync<'float32'>().slice();
  tf.dispose([floats, ...tensorsOf(matrix)]);
  return result;
}
