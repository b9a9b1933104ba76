// The walk of a block of neighbouring queries up their tree, for subgroups of four invocations.
import type { AttentionShape } from './attention-shape.ts';
import { each, indices } from './attention-wgsl.ts';

/**
 * The four invocations of a subgroup share all rows of a block and divide every head among them:
 * vectors lane, lane + 4, … Made for adapters that compute on a processor, four invocations to a SIMD
 * register: there loads are dear, and whatever is loaded here serves every row.
 */
export const LANES = 4;
export const WORKGROUP = 32;

/** A row is a query of one head; the block's heads share keys. Rows are numbered query by query. */
export interface RowBlock {
  readonly queries: number;
  readonly heads: number;
}

/** @param most rows, about */
export function rowBlock({ heads, kvHeads }: AttentionShape, most: number): RowBlock {
  const group = heads / kvHeads;
  const shared = Math.max(
    ...indices(Math.min(most, group)).map((i) => (group % (i + 1) ? 1 : i + 1)),
  );
  return { queries: Math.max(1, Math.floor(most / shared)), heads: shared };
}

export const blockRows = ({ queries, heads }: RowBlock) =>
  indices(queries * heads).map((r) => ({ r, a: Math.floor(r / heads), b: r % heads }));

/**
 * The entry point: visits the keys that any of the block's queries sees, later slots first, each of
 * them once. To the parts it offers `lane`, per row `head{r}`, its number in q, and in `visit` the
 * number of the key's head, `key`, and that of its value, `value`.
 * @param visit `seen(a)` says whether query a sees the key
 */
export function walkProgram(
  shape: AttentionShape,
  block: RowBlock,
  parts: { begin: string; visit: (seen: (a: number) => string) => string; end: string },
): string {
  const { heads, kvHeads, window } = shape;
  const queries = indices(block.queries);
  const highest = queries.map((a) => `at${a}`).reduce((x, y) => `max(${x}, ${y})`);
  const next = (a: number) =>
    window === null
      ? `at${a} = select(at${a}, parent, seen${a});`
      : `left${a} -= select(0, 1, seen${a});
    at${a} = select(at${a}, select(-1, parent, left${a} > 0), seen${a});`;
  return `
@diagnostic(off, subgroup_uniformity)
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) count: vec3u) {
  let lane = id.x % ${LANES}u;
  let index = (id.x + id.y * count.x * ${WORKGROUP}u) / ${LANES}u;
  let blocks = u.rows * u.blocks;
  if (index >= blocks * ${heads / block.heads}u) { return; }
  let row = (index % blocks) / u.blocks;
  let block = index % u.blocks;
  let firstHead = index / blocks * ${block.heads}u;
  let kvHead = firstHead / ${heads / kvHeads}u;
  let tokens = row * u.slots;
  // A query past the last is the last once more: both write the same.
  ${each(
    block.queries,
    (a) => `
  let query${a} = min(block * ${block.queries}u + ${a}u, u.queries - 1u);
  var at${a} = i32(u.first + query${a});
  ${window === null ? '' : `var left${a} = u.window;`}`,
  )}
  ${blockRows(block)
    .map(
      ({ r, a, b }) =>
        `let head${r} = (row * u.queries + query${a}) * ${heads}u + firstHead + ${b}u;`,
    )
    .join('\n')}
  ${parts.begin}
  loop {
    let slot = ${highest};
    if (slot < 0) { break; }
    let token = tokens + u32(slot);
    let parent = parents[token];
    let key = token * ${2 * kvHeads}u + kvHead;
    let value = key + ${kvHeads}u;
    ${each(block.queries, (a) => `let seen${a} = at${a} == slot;`)}
    ${parts.visit((a) => `seen${a}`)}
    ${each(block.queries, next)}
  }
  ${parts.end}
}`;
}
