// The problem as stock libraries take it: dense masks, dense targets, tensors by name.
import { pack } from '../../src/model/pack.ts';
import { createLora } from '../../src/model/lora.ts';
import type { StepProblem, Values } from '../problem.ts';
import { LORA, SEED } from '../problem.ts';

export interface StockInputs {
  readonly rows: number;
  readonly slots: number;
  /** [rows * slots] */
  readonly tokens: Int32Array;
  /** [outputs] flat positions whose next token is asked for */
  readonly outputs: Int32Array;
  /** [rows, slots, slots] 0 where a slot sees another, very negative elsewhere */
  readonly mask: Float32Array;
  /** [outputs, vocab] weight x probability */
  readonly targets: Float32Array;
  /** [rows * slots, headDim / 2] */
  readonly cos: Float32Array;
  readonly sin: Float32Array;
  /** Pairs of slots that see each other, over all rows. */
  readonly pairs: number;
}

export function stockInputs({ spec, examples, normalizer }: StepProblem): StockInputs {
  const { batch, targets } = pack(examples, normalizer);
  const { rows, slots, tokens, positions, parents, outputs } = batch;
  const mask = new Float32Array(rows * slots * slots).fill(-1e9);
  let pairs = 0;
  for (let slot = 0; slot < rows * slots; slot++) {
    const first = slot - (slot % slots);
    for (let up = slot; up >= first; up = parents[up]! < 0 ? -1 : first + parents[up]!) {
      mask[slot * slots + (up - first)] = 0;
      pairs++;
    }
  }
  const dense = new Float32Array(outputs.length * spec.vocabSize);
  for (let row = 0; row < outputs.length; row++) {
    for (let i = targets.start[row]!; i < targets.start[row + 1]!; i++) {
      dense[row * spec.vocabSize + targets.token[i]!]! +=
        targets.weight[row]! * targets.probability[i]!;
    }
  }
  const { inverseFrequencies } = spec.ropes[0]!;
  const angles = Array.from(positions, (position) =>
    Array.from(inverseFrequencies, (frequency) => position * frequency),
  ).flat();
  return {
    ...{ rows, slots, tokens, outputs, mask, pairs },
    targets: dense,
    cos: Float32Array.from(angles, Math.cos),
    sin: Float32Array.from(angles, Math.sin),
  };
}

/** The same adapter that the lab starts with, tensor by tensor. */
export async function adapterValues({ spec }: StepProblem): Promise<Map<string, Values>> {
  const adapter = createLora(spec, LORA, SEED);
  const values = adapter.split((await adapter.values.data()) as Float32Array);
  adapter.dispose();
  return values;
}

/** The module paths of a layer, and the norms among them that exist. */
export const layerPath = (layer: number, part: string) => `model.layers.${layer}.${part}`;
