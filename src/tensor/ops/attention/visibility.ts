// Which keys each query of a tree sees, as the dense additive mask of the composition.
import type { Tree } from '../tree.ts';
import { queriesOf } from './attention-shape.ts';
import type { AttentionShape } from './attention-shape.ts';

const HIDDEN = -1e9;

/** All layers of a pass, and its two directions, ask for the same one or two masks. */
const masks = new WeakMap<Tree, Map<string, Float32Array>>();

/**
 * 0 where the query (third axis) sees the key (fourth): itself and its ancestors, as many as the
 * window holds. Very negative elsewhere. Padding sees only itself, so that its softmax is defined.
 * @returns values of [rows, 1, queries, slots]
 */
export function visibilityMask(tree: Tree, shape: AttentionShape): Float32Array {
  const { first, count } = queriesOf(shape, tree);
  const key = `${first},${count},${shape.window}`;
  let known = masks.get(tree);
  if (known === undefined) masks.set(tree, (known = new Map<string, Float32Array>()));
  let mask = known.get(key);
  if (mask === undefined) known.set(key, (mask = maskOf(tree, first, count, shape.window)));
  return mask;
}

function maskOf(
  { rows, slots, host: { parents } }: Tree,
  first: number,
  count: number,
  window: number | null,
): Float32Array {
  const mask = new Float32Array(rows * count * slots).fill(HIDDEN);
  for (let row = 0; row < rows; row++) {
    for (let query = 0; query < count; query++) {
      const line = (row * count + query) * slots;
      // An ancestor's depth is one less at every step, so the window is a number of steps.
      let left = window ?? slots;
      for (let slot = first + query; slot >= 0 && left > 0; slot = parents[row * slots + slot]!) {
        mask[line + slot] = 0;
        left--;
      }
    }
  }
  return mask;
}
