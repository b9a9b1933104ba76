// Random trees in depth-first order for tests of attention, and who sees whom in them.
import type { RandomStream } from '../../../src/core/random.ts';
import { treeTensors } from '../../../src/tensor/ops/tree.ts';
import type { Tree, TreeValues } from '../../../src/tensor/ops/tree.ts';

export interface TreeSizes {
  readonly rows: number;
  readonly slots: number;
  /** Leading slots of every row that form a chain; without one a row may hold several trees. */
  readonly chain: number;
}

/** The first row is full; later ones end in some padding. */
export function randomTreeValues(
  { rows, slots, chain }: TreeSizes,
  random: RandomStream,
): TreeValues {
  const parents = new Int32Array(rows * slots).fill(-2);
  const depths = new Int32Array(rows * slots);
  for (let row = 0; row < rows; row++) {
    const least = Math.max(1, chain);
    const used = row === 0 ? slots : least + random.integer(slots - least + 1);
    const at = row * slots;
    for (let slot = 0; slot < used; slot++) {
      // Some steps up from the previous slot, never above the end of the chain.
      let parent = slot - 1;
      if (slot >= chain) {
        for (let up = random.integer(4); up > 0 && parent >= chain; up--)
          parent = parents[at + parent]!;
      }
      parents[at + slot] = parent;
      depths[at + slot] = parent < 0 ? 0 : depths[at + parent]! + 1;
    }
  }
  const ends = Int32Array.from({ length: rows * slots }, (_, i) => {
    const [row, slot] = [Math.floor(i / slots), i % slots];
    const seeing = Array.from({ length: slots }, (__, query) => query).filter((query) =>
      keysSeen(parents, row, query, slots, null).includes(slot),
    );
    return Math.max(...seeing) + 1;
  });
  return { parents, depths, ends, chain: new Int32Array(rows).fill(chain) };
}

export function tensorsOf({ rows, slots }: TreeSizes, values: TreeValues): Tree {
  return treeTensors(rows, slots, values);
}

/** The slot itself, its parent and so on, as many as the window holds. */
export function keysSeen(
  parents: Int32Array,
  row: number,
  query: number,
  slots: number,
  window: number | null,
): number[] {
  const seen: number[] = [];
  for (let slot = query; slot >= 0; slot = parents[row * slots + slot]!) seen.push(slot);
  return seen.slice(0, window ?? slots);
}
