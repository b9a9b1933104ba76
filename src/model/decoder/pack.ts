// Packing: prompts with supervised tries become one padded batch and its sparse targets.
import type { Supervision } from '../../core/targets/supervision.ts';
import type { PackedBatch } from './packed-batch.ts';
import type { SparseTargets } from '../../tensor/ops/trie-loss/trie-loss.ts';

/** One row of a batch. */
export interface Example {
  /** Token ids, at least one. */
  readonly prompt: ArrayLike<number>;
  readonly supervision: Supervision;
}

export interface PackedExamples {
  readonly batch: PackedBatch;
  /** Rows in the order of `batch.outputs`. */
  readonly targets: SparseTargets;
}

/** Slots are rounded up, to a power of two or a multiple of 8, so that few different shapes occur. */
const bucket = (n: number) =>
  n <= 8 ? 2 ** Math.ceil(Math.log2(Math.max(n, 1))) : 8 * Math.ceil(n / 8);

/** Slots of the longest row. */
const longest = (examples: readonly Example[]): number =>
  Math.max(...examples.map(({ prompt, supervision }) => prompt.length + supervision.nodeCount - 1));

/** Slots of each row where the examples are packed together and padded. */
export const slotsOf = (examples: readonly Example[]): number => bucket(longest(examples));

/**
 * One row per example. Hidden states are asked for only at nodes that carry weight.
 * @param normalizer the node weights are divided by it
 * @param padded false where another shape costs nothing, as in ordinary memory, and each slot costs its products; rows
 *   that pass together are padded all the same, as dropout goes by their places
 */
export function pack(examples: readonly Example[], normalizer = 1, padded = true): PackedExamples {
  const rows = examples.length;
  const slots = padded || rows > 1 ? slotsOf(examples) : longest(examples);

  const tokens = new Int32Array(rows * slots);
  const positions = new Int32Array(rows * slots);
  const parents = new Int32Array(rows * slots).fill(-2);
  const outputs: number[] = [];
  const weight: number[] = [];
  const start: number[] = [0];
  const token: number[] = [];
  const probability: number[] = [];

  examples.forEach(({ prompt, supervision: trie }, row) => {
    const place = (slot: number, id: number, position: number, parent: number) => {
      tokens[row * slots + slot] = id;
      positions[row * slots + slot] = position;
      parents[row * slots + slot] = parent;
    };
    // The root of the trie is the last prompt token, its other nodes follow.
    const slotOf = (node: number) => prompt.length - 1 + node;
    for (let i = 0; i < prompt.length; i++) place(i, prompt[i]!, i, i - 1);
    for (let node = 0; node < trie.nodeCount; node++) {
      const slot = slotOf(node);
      if (node > 0) {
        const position = prompt.length - 1 + trie.depth[node]!;
        place(slot, trie.token[node]!, position, slotOf(trie.parent[node]!));
      }
      if (trie.weight[node] === 0) continue;
      outputs.push(row * slots + slot);
      weight.push(trie.weight[node]! / normalizer);
      for (let i = trie.targetStart[node]!; i < trie.targetStart[node + 1]!; i++) {
        token.push(trie.targetToken[i]!);
        probability.push(trie.targetProbability[i]!);
      }
      start.push(token.length);
    }
  });

  return {
    batch: {
      rows,
      slots,
      promptLengths: Int32Array.from(examples, ({ prompt }) => prompt.length),
      tokens,
      positions,
      parents,
      outputs: Int32Array.from(outputs),
    },
    targets: {
      weight: Float32Array.from(weight),
      start: Int32Array.from(start),
      token: Int32Array.from(token),
      probability: Float32Array.from(probability),
    },
  };
}
