// Which slots of a packed batch see which: the mask of its attention.
import type { PackedBatch } from './packed-batch.ts';

const HIDDEN = -1e9;

/**
 * Additive attention mask: 0 where the query slot (third axis) sees the key slot (fourth), very
 * negative elsewhere. Padding sees only itself, so that its softmax is defined.
 * @returns values of [rows, 1, slots, slots]
 */
export function visibilityMask({ rows, slots, parents }: PackedBatch): Float32Array {
  const mask = new Float32Array(rows * slots * slots).fill(HIDDEN);
  for (let row = 0; row < rows; row++) {
    const line = (slot: number) => (row * slots + slot) * slots;
    for (let slot = 0; slot < slots; slot++) {
      const parent = parents[row * slots + slot]!;
      // A token sees what its parent sees, and itself.
      if (parent >= 0) mask.copyWithin(line(slot), line(parent), line(parent) + slots);
      mask[line(slot) + slot] = 0;
    }
  }
  return mask;
}
