// A batch as dense arrays: what a training step in any array library is written for.
import { pack } from '../../src/model/decoder/pack.ts';
import type { SoftBatch } from './soft-batch.ts';

export interface DenseBatch {
  readonly rows: number;
  readonly slots: number;
  /** Positions whose logits are computed. */
  readonly outputs: number;
  /** [rows * slots] token ids; 0 in padding */
  readonly tokens: Int32Array;
  /** [rows * slots] rotary positions */
  readonly positions: Int32Array;
  /** [rows, slots, slots] added to scores: 0 where the query (second axis) sees the key, else -1e9 */
  readonly mask: Float32Array;
  /** [outputs] flat indices into rows * slots */
  readonly outputSlots: Int32Array;
  /** [outputs] of the outputs' losses; their weighted sum is the loss */
  readonly weights: Float32Array;
  /** [outputs, vocab] probabilities of the next token */
  readonly labels: Float32Array;
}

const HIDDEN = -1e9;

export function denseBatch(
  { examples, normalizer }: Pick<SoftBatch, 'examples' | 'normalizer'>,
  vocabSize: number,
): DenseBatch {
  const { batch, targets } = pack(examples, normalizer);
  const { rows, slots, tokens, positions, parents, outputs } = batch;
  const labels = new Float32Array(outputs.length * vocabSize);
  for (let output = 0; output < outputs.length; output++) {
    for (let i = targets.start[output]!; i < targets.start[output + 1]!; i++) {
      labels[output * vocabSize + targets.token[i]!] = targets.probability[i]!;
    }
  }
  return {
    rows,
    slots,
    outputs: outputs.length,
    tokens,
    positions,
    mask: visibility(rows, slots, parents),
    outputSlots: outputs,
    weights: targets.weight,
    labels,
  };
}

/** Every slot sees itself and its ancestors; padding sees only itself, so that its softmax is defined. */
function visibility(rows: number, slots: number, parents: Int32Array): Float32Array {
  const mask = new Float32Array(rows * slots * slots).fill(HIDDEN);
  for (let query = 0; query < rows * slots; query++) {
    const row = query - (query % slots);
    for (let slot = query % slots; slot >= 0; slot = parents[row + slot]!) {
      mask[query * slots + slot] = 0;
    }
  }
  return mask;
}
