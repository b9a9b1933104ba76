// Which slots of a packed batch see which: the mask of its attention.
import type { PackedBatch } from './packed-batch.ts';

const HIDDEN = -1e9;

/**
 * Additive attention mask: 0 where the query slot (third axis) sees the key slot (fourth), very
 * negative elsewhere. Padding sees only itself, so that its softmax is defined.
 * @returns values of [rows, 1, slots, slots]
 */
export function visibilityMask(batch: PackedBatch): Float32Array {
  const { rows, promptSlots, nodeSlots, promptLengths, parents } = batch;
  const slots = promptSlots + nodeSlots;
  const mask = new Float32Array(rows * slots * slots).fill(HIDDEN);
  for (let row = 0; row < rows; row++) {
    const promptLength = promptLengths[row]!;
    const line = (slot: number) => (row * slots + slot) * slots;
    for (let slot = 0; slot < promptSlots; slot++) {
      const start = line(slot);
      if (slot < promptLength) mask.fill(0, start, start + slot + 1);
      else mask[start + slot] = 0;
    }
    for (let node = 0; node < nodeSlots; node++) {
      const start = line(promptSlots + node);
      const parent = parents[row * nodeSlots + node]!;
      if (parent >= 0) {
        // A node sees what its parent sees, and itself.
        mask.copyWithin(start, line(promptSlots + parent), line(promptSlots + parent) + slots);
      } else if (parent === -1) {
        mask.fill(0, start, start + promptLength);
      }
      mask[start + promptSlots + node] = 0;
    }
  }
  return mask;
}
