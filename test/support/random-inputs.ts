// Random tries and targets for tests of kernels.
import type { RandomStream } from '../../src/core/random.ts';
import type { PackedBatch } from '../../src/model/packed-batch.ts';
import { visibilityMask } from '../../src/model/visibility.ts';
import type { SparseTargets } from '../../src/tensor/ops/trie-loss.ts';

/** The mask [rows, 1, slots, slots] of random trees, some with padding at the end. */
export function randomMask(rows: number, slots: number, random: RandomStream): Float32Array {
  const parents = new Int32Array(rows * slots).fill(-2);
  for (let row = 0; row < rows; row++) {
    const used = row === 0 ? slots : 1 + random.integer(slots);
    for (let slot = 0; slot < used; slot++) {
      parents[row * slots + slot] = slot === 0 ? -1 : random.integer(slot);
    }
  }
  return visibilityMask({ rows, slots, parents } as PackedBatch);
}

/** One to four different tokens a row with probabilities that sum to 1, one row in five without weight. */
export function randomTargets(rows: number, vocab: number, random: RandomStream): SparseTargets {
  const start = [0];
  const token: number[] = [];
  const probability: number[] = [];
  const weight = Float32Array.from({ length: rows }, (_, row) =>
    row % 5 === 4 ? 0 : 0.1 + random.uniform(),
  );
  for (let row = 0; row < rows; row++) {
    const order = random.shuffle(Array.from({ length: vocab }, (_, id) => id));
    const chosen = order.slice(0, 1 + random.integer(Math.min(4, vocab)));
    const parts = chosen.map(() => 0.01 + random.uniform());
    const total = parts.reduce((a, b) => a + b, 0);
    token.push(...chosen);
    probability.push(...parts.map((part) => part / total));
    start.push(token.length);
  }
  return {
    weight,
    start: Int32Array.from(start),
    token: Int32Array.from(token),
    probability: Float32Array.from(probability),
  };
}
