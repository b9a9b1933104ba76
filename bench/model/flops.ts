// Floating-point operations that one training step needs by its maths, whoever computes it.
import type { DecoderSpec } from '../../src/model/spec/decoder-spec.ts';
import { projectionShape, projectionsOf } from '../../src/model/spec/decoder-spec.ts';
import type { PackedBatch } from '../../src/model/decoder/packed-batch.ts';
import { LORA, LORA_TARGETS } from './random-weights.ts';

/**
 * Products only, a multiplication and an addition each: padding, masked scores, element-wise work and
 * anything computed twice do not count. The backward pass of a frozen matrix is one product of the
 * forward's size, for its input; of A and B two each. What enters the first layer needs no gradient.
 */
export function stepFlops(spec: DecoderSpec, batch: PackedBatch): number {
  const { layers, heads, headDim, width, vocabSize } = spec;
  const tokens = batch.parents.reduce((sum, parent) => sum + (parent >= -1 ? 1 : 0), 0);
  const visible = batch.parents.reduce(
    (sum, parent, i) => sum + (parent >= -1 ? batch.positions[i]! + 1 : 0),
    0,
  );
  const product = (rows: number, [out, inputs]: readonly [number, number]) =>
    2 * rows * out * inputs;

  let frozen = 0;
  let adapter = 0;
  for (const part of projectionsOf(spec)) {
    const shape = projectionShape(spec, part);
    frozen += product(tokens, shape);
    if (!LORA_TARGETS.includes(part)) continue;
    adapter += product(tokens, [LORA.rank, shape[0] + shape[1]]);
  }
  // Scores and their mixture; backward the gradients of queries, keys, probabilities and values.
  const attention = 2 * product(visible, [heads, headDim]);
  const head = product(batch.outputs.length, [vocabSize, width]);
  const forward = layers * (frozen + adapter + attention) + head;
  const backward = layers * (frozen + 2 * adapter + 2 * attention) + head;

  const unneeded = (['q', 'k', 'v'] as const).reduce((sum, part) => {
    const shape = projectionShape(spec, part);
    return sum + product(tokens, shape) + product(tokens, [LORA.rank, shape[1]]);
  }, 0);
  return forward + backward - unneeded;
}
