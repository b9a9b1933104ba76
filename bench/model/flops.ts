// Floating-point operations that training steps and scores need by their maths, whoever computes them.
import type { DecoderSpec } from '../../src/model/spec/decoder-spec.ts';
import { projectionShape, projectionsOf } from '../../src/model/spec/decoder-spec.ts';
import { groupParts } from '../../src/model/spec/fused-tensors.ts';
import type { PackedBatch } from '../../src/model/decoder/packed-batch.ts';
import { LORA, LORA_TARGETS } from './random-weights.ts';

/**
 * Of a training step. Products only, a multiplication and an addition each: padding, masked scores,
 * element-wise work and anything computed twice do not count. The backward pass of a frozen matrix is one
 * product of the forward's size, for its input; of A and B two each. What enters the first layer needs no
 * gradient. The last layer's MLP runs on the positions whose logits are asked for.
 */
export function stepFlops(spec: DecoderSpec, batch: PackedBatch): number {
  const { tokens, frozen, adapter, attention, head } = partsOf(spec, batch);
  const backward = frozen + spec.layers * (2 * adapter + 2 * attention) + head;
  const unneeded = (['q', 'k', 'v'] as const).reduce((sum, part) => {
    const shape = projectionShape(spec, part);
    return sum + product(tokens, shape) + product(tokens, [LORA.rank, shape[1]]);
  }, 0);
  return forwardFlops(spec, batch) + backward - unneeded;
}

/** Of a pass without gradients. */
export function forwardFlops(spec: DecoderSpec, batch: PackedBatch): number {
  const { frozen, adapter, attention, head } = partsOf(spec, batch);
  return frozen + spec.layers * (adapter + attention) + head;
}

const product = (rows: number, [out, inputs]: readonly [number, number]) => 2 * rows * out * inputs;

/** Forward: frozen matrices of all layers, the adapter and attention of one, and the head. */
function partsOf(spec: DecoderSpec, batch: PackedBatch) {
  const { heads, headDim, width, vocabSize } = spec;
  const tokens = batch.parents.reduce((sum, parent) => sum + (parent >= -1 ? 1 : 0), 0);
  const visible = batch.parents.reduce(
    (sum, parent, i) => sum + (parent >= -1 ? batch.positions[i]! + 1 : 0),
    0,
  );
  const outputs = batch.outputs.length;
  const ofMlp = [...groupParts(spec, 'mlpIn'), ...groupParts(spec, 'mlpOut')];
  let frozen = 0;
  let adapter = 0;
  for (const part of projectionsOf(spec)) {
    const shape = projectionShape(spec, part);
    const last = ofMlp.includes(part) ? outputs : tokens;
    frozen += product((spec.layers - 1) * tokens + last, shape);
    if (!LORA_TARGETS.includes(part)) continue;
    adapter += product(tokens, [LORA.rank, shape[0] + shape[1]]);
  }
  return {
    ...{ tokens, frozen, adapter },
    // Scores and their mixture; backward the gradients of queries, keys, probabilities and values.
    attention: 2 * product(visible, [heads, headDim]),
    head: product(outputs, [vocabSize, width]),
  };
}
