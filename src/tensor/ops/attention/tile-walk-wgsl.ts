// The keys that a tile of queries sees, chunk by chunk: the tree's in a walk up, then the chain's.
import type { AttentionShape } from './attention-shape.ts';
import { COLUMNS, ROWS, WORKGROUP } from './tile-products-wgsl.ts';
import { each, indices } from './attention-wgsl.ts';

/** A tile's rows: `queries` neighbouring queries times `heads` heads that share keys. */
export interface TileRows {
  readonly queries: number;
  readonly heads: number;
}

export function tileRows({ heads, kvHeads }: AttentionShape): TileRows {
  const group = heads / kvHeads;
  const shared = Math.max(
    ...indices(Math.min(ROWS, group)).map((i) => (group % (i + 1) ? 1 : i + 1)),
  );
  return { queries: Math.floor(ROWS / shared), heads: shared };
}

/**
 * The entry point. To the parts it offers `rowHead(i)`, the number of row i's head in q (a query past
 * the last is the last), `rowCounts(i)`, whether the row is one, and in `chunk`: `filled` keys, of
 * which `keySlots[i]` are the slots and `keyMasks[i]` the queries that see them, a bit for each;
 * `keyHead(i)` is the number of the key's head. All invocations walk alike.
 */
export function tileProgram(
  shape: AttentionShape,
  { queries, heads: shared }: TileRows,
  parts: { declarations: string; begin: string; chunk: string; end: string },
): string {
  const { heads, kvHeads, window } = shape;
  const all = indices(queries);
  const combine = (name: string, by: string) =>
    all.map((a) => `${name}${a}`).reduce((x, y) => `${by}(${x}, ${y})`);
  const mask = (seen: (a: number) => string) =>
    all.map((a) => `select(0u, ${2 ** a}u, ${seen(a)})`).join(' | ');
  const next = (a: number) =>
    window === null
      ? `at${a} = select(at${a}, parent, at${a} == slot);`
      : `left${a} -= select(0, 1, at${a} == slot);
        at${a} = select(at${a}, select(-1, parent, left${a} > 0), at${a} == slot);`;
  return `
var<workgroup> keySlots: array<u32, ${COLUMNS}>;
var<workgroup> keyMasks: array<u32, ${COLUMNS}>;
var<private> firstQuery: u32;
var<private> firstHead: u32;
var<private> treeRow: u32;
fn rowQuery(i: u32) -> u32 { return firstQuery + i / ${shared}u; }
fn rowCounts(i: u32) -> bool { return i < ${queries * shared}u && rowQuery(i) < u.queries; }
fn rowHead(i: u32) -> u32 {
  return (treeRow * u.queries + min(rowQuery(i), u.queries - 1u)) * ${heads}u + firstHead + i % ${shared}u;
}
fn keyHead(i: u32) -> u32 {
  return (treeRow * u.slots + keySlots[i]) * ${2 * kvHeads}u + firstHead / ${heads / kvHeads}u;
}
fn sees(row: u32, column: u32) -> bool { return ((keyMasks[column] >> (row / ${shared}u)) & 1u) == 1u; }
${parts.declarations}
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) t: u32) {
  let index = id.x + id.y * count.x;
  let blocks = u.rows * u.blocks;
  if (index >= blocks * ${heads / shared}u) { return; }
  // What barriers depend on must be seen to be the same for all: it comes from constants alone.
  let row = (index % blocks) / u.blocks;
  let query = index % u.blocks * ${queries}u;
  treeRow = row;
  firstQuery = query;
  firstHead = index / blocks * ${shared}u;
  let tokens = row * u.slots;
  let chained = chain[row];
  ${each(
    queries,
    (a) => `
  var at${a} = i32(u.first + min(query + ${a}u, u.queries - 1u));
  ${window === null ? '' : `var left${a} = u.window;`}
  var low${a} = 0;
  var high${a} = 0;`,
  )}
  ${parts.begin}
  var walking = true;
  var start = 0;
  var stop = 0;
  loop {
    var filled = 0u;
    if (walking) {
      while (filled < ${COLUMNS}u) {
        let slot = ${combine('at', 'max')};
        if (slot < chained) {
          walking = false;
          ${each(queries, (a) => `high${a} = at${a} + 1; low${a} = ${window === null ? '0' : `max(0, high${a} - left${a})`};`)}
          start = ${combine('low', 'min')};
          stop = ${combine('high', 'max')};
          break;
        }
        if (t == filled) {
          keySlots[t] = u32(slot);
          keyMasks[t] = ${mask((a) => `at${a} == slot`)};
        }
        let parent = parents[tokens + u32(slot)];
        ${each(queries, next)}
        filled++;
      }
    } else {
      if (start >= stop) { break; }
      filled = min(${COLUMNS}u, u32(stop - start));
      let slot = start + i32(t);
      if (t < filled) {
        keySlots[t] = u32(slot);
        keyMasks[t] = ${mask((a) => `slot >= low${a} && slot < high${a}`)};
      }
      start += ${COLUMNS};
    }
    if (filled == 0u) { continue; }
    if (t >= filled && t < ${COLUMNS}u) {
      keySlots[t] = 0u;
      keyMasks[t] = 0u;
    }
    workgroupBarrier();
    ${parts.chunk}
    workgroupBarrier();
  }
  ${parts.end}
}`;
}
