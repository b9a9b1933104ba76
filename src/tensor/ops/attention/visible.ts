// Which keys each query of a tree sees, as lists: what kernels on the host go by.
import type { Tree } from '../tree.ts';
import { queriesOf } from './attention-shape.ts';
import type { AttentionShape } from './attention-shape.ts';

/** Of query i, counted over all rows: some of the row's leading chain, and slots of the tree behind it. */
export interface VisibleKeys {
  /** [rows * queries] the slots from `low` to before `high` are seen. */
  readonly low: Int32Array;
  readonly high: Int32Array;
  /** [rows * queries + 1] where the query's other keys begin in `slots`. */
  readonly start: Int32Array;
  /** The query itself, its parent and so on. */
  readonly slots: Int32Array;
  /** The longest chain of all rows. */
  readonly chain: number;
}

/** All layers of a pass, and its two directions, ask for the same one or two. */
const known = new WeakMap<Tree, Map<string, VisibleKeys>>();

/**
 * Whether most of the queries' dense scores would be of keys that are not seen. Matrix products and
 * softmax are so much faster than loops that a third of use is worth them (measured on wasm).
 */
export function seesLittle(tree: Tree, shape: AttentionShape): boolean {
  const { low, high, slots } = visibleKeys(tree, shape);
  const seen = high.reduce((sum, end, i) => sum + end - low[i]!, slots.length);
  return high.length * tree.slots > 2.75 * seen;
}

export function visibleKeys(tree: Tree, shape: AttentionShape): VisibleKeys {
  const { first, count } = queriesOf(shape, tree);
  const name = `${first},${count},${shape.window}`;
  let ofTree = known.get(tree);
  if (ofTree === undefined) known.set(tree, (ofTree = new Map<string, VisibleKeys>()));
  let keys = ofTree.get(name);
  if (keys === undefined) ofTree.set(name, (keys = keysOf(tree, first, count, shape.window)));
  return keys;
}

function keysOf(
  { rows, slots, host: { parents, chain } }: Tree,
  first: number,
  count: number,
  window: number | null,
): VisibleKeys {
  const [low, high] = [new Int32Array(rows * count), new Int32Array(rows * count)];
  const start = new Int32Array(rows * count + 1);
  const others: number[] = [];
  for (let i = 0; i < rows * count; i++) {
    const row = Math.floor(i / count);
    const chained = chain[row]!;
    // An ancestor's depth is one less at every step, so the window is a number of steps.
    let left = window ?? slots;
    let slot = first + (i % count);
    for (; slot >= chained && left > 0; slot = parents[row * slots + slot]!) {
      others.push(slot);
      left--;
    }
    start[i + 1] = others.length;
    if (slot < 0 || left === 0) continue;
    high[i] = slot + 1;
    low[i] = Math.max(0, slot + 1 - left);
  }
  const longest = chain.reduce((a, b) => Math.max(a, b), 0);
  return { low, high, start, slots: Int32Array.from(others), chain: longest };
}
