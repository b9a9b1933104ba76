// Attention's gradient by tiles, for GPUs: of queries on chunks of keys, of keys on chunks of queries.
import type { Program } from '../../webgpu/gpu.ts';
import type { AttentionShape } from './attention-shape.ts';
import {
  COLUMNS,
  eachProduct,
  PRODUCT_DECLARATIONS,
  PRODUCT_PLACE,
  products,
  ROWS,
  sumPlace,
  WORKGROUP,
} from './tile-products-wgsl.ts';
import { tileProgram, tileRows } from './tile-walk-wgsl.ts';
import {
  each,
  headStorage,
  softCapFunctions,
  UNIFORMS,
  attentionVariant,
} from './attention-wgsl.ts';

/** overlap [rows * slots, heads]: sum(dy * y) of every head, which the other two read. */
export function overlapProgram({ headDim }: AttentionShape): Program {
  const { fours, type, read } = headStorage(headDim, 0);
  return {
    name: `attention overlap ${headDim}`,
    reads: { dy: type, y: type },
    writes: { overlap: 'array<f32>' },
    uniforms: { count: 'u32' },
    code: `
${read('dy')} ${read('y')}
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) count: vec3u) {
  let head = id.x + id.y * count.x * ${WORKGROUP}u;
  if (head >= u.count) { return; }
  var sum = vec4f();
  for (var j = 0u; j < ${fours}u; j++) { sum += dyFour(head, j) * yFour(head, j); }
  overlap[head] = dot(sum, vec4f(1.0));
}`,
  };
}

/** What the two gradients of one score are: `p` and, times the slope of its input, `ds`. */
const scoreGradients = (at: string, seen: string, logSum: string, overlap: string) => `
      let score = capped(u.scale * product${at});
      let p = select(0.0, exp(min(0.0, score - ${logSum})), ${seen});
      let ds = p * (weight${at} - ${overlap}) * slope(score) * u.scale;`;

export function tileQueryGradient(shape: AttentionShape): Program {
  const { kvHeads, headDim, softCap } = shape;
  const fours = Math.ceil(headDim / 4);
  const { type, read, write } = headStorage(headDim, Infinity);
  const { perRow, place } = sumPlace(fours);
  const declarations = `
${read('q')} ${read('kv')} ${read('dy')} ${write('dq')}
${softCapFunctions(softCap)}
${PRODUCT_DECLARATIONS}
var<workgroup> dScores: array<f32, ${ROWS * COLUMNS}>;
var<workgroup> logSums: array<f32, ${ROWS}>;
var<workgroup> overlaps: array<f32, ${ROWS}>;`;
  const begin = `
  ${PRODUCT_PLACE}
  ${place}
  if (t < ${ROWS}u) {
    logSums[t] = logSum[rowHead(t)];
    overlaps[t] = overlap[rowHead(t)];
  }
  ${each(perRow, (i) => `var dq${i} = vec4f();`)}`;
  const chunk = `
    ${products(
      'product',
      fours,
      (i, j) => `qFour(rowHead(${i}), ${j})`,
      (i, j) => `kvFour(keyHead(${i}), ${j})`,
    )}
    ${products(
      'weight',
      fours,
      (i, j) => `dyFour(rowHead(${i}), ${j})`,
      (i, j) => `kvFour(keyHead(${i}) + ${kvHeads}u, ${j})`,
    )}
    ${eachProduct(
      (at, row, column) => `{
      ${scoreGradients(at, `sees(${row}, ${column})`, `logSums[${row}]`, `overlaps[${row}]`)}
      dScores[${row} * ${COLUMNS}u + ${column}] = ds;
    }`,
    )}
    workgroupBarrier();
    for (var i = 0u; i < filled; i++) {
      let k = kvFour(keyHead(i), four);
      ${each(perRow, (i) => `dq${i} += dScores[(sumRow + ${i}u) * ${COLUMNS}u + i] * k;`)}
    }`;
  const end = each(
    perRow,
    (i) => `if (rowCounts(sumRow + ${i}u)) { putdq(rowHead(sumRow + ${i}u), four, dq${i}); }`,
  );
  return {
    name: `attention dq tile ${attentionVariant(shape)}`,
    reads: {
      ...{ q: type, kv: type, dy: type, logSum: 'array<f32>', overlap: 'array<f32>' },
      ...{ parents: 'array<i32>', chain: 'array<i32>' },
    },
    writes: { dq: type },
    uniforms: UNIFORMS,
    get code() {
      return tileProgram(shape, tileRows(shape), { declarations, begin, chunk, end });
    },
  };
}

/** The rows of a tile are neighbouring keys of one head, its columns the queries' heads that read it. */
export function tileKeyGradient(shape: AttentionShape): Program {
  const { heads, kvHeads, headDim, softCap, window } = shape;
  const group = heads / kvHeads;
  const fours = Math.ceil(headDim / 4);
  const { type, read, write } = headStorage(headDim, Infinity);
  const { perRow, place } = sumPlace(fours);
  const near = window === null ? '' : ` && depths[tokens + query] - keyDepths[row] < u.window`;
  const main = () => `
${read('q')} ${read('kv')} ${read('dy')} ${write('dkv')}
${softCapFunctions(softCap)}
${PRODUCT_DECLARATIONS}
var<workgroup> weights: array<f32, ${ROWS * COLUMNS}>;
var<workgroup> dScores: array<f32, ${ROWS * COLUMNS}>;
var<workgroup> keyEnds: array<u32, ${ROWS}>;
${window === null ? '' : `var<workgroup> keyDepths: array<i32, ${ROWS}>;`}
var<private> tokens: u32;
var<private> firstKey: u32;
var<private> kvHead: u32;
fn rowKey(i: u32) -> u32 { return min(firstKey + i, u.slots - 1u); }
fn rowHead(i: u32) -> u32 { return (tokens + rowKey(i)) * ${2 * kvHeads}u + kvHead; }
fn queryOf(pair: u32) -> u32 { return firstKey + pair / ${group}u; }
/** A pair past the last query is of the last. */
fn pairHead(pair: u32) -> u32 {
  return (tokens + min(queryOf(pair), u.slots - 1u)) * ${heads}u + kvHead * ${group}u + pair % ${group}u;
}
fn sees(pair: u32, row: u32) -> bool {
  let query = queryOf(pair);
  return query >= rowKey(row) && query < keyEnds[row]${near};
}
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) t: u32) {
  let index = id.x + id.y * count.x;
  let blocks = u.rows * u.blocks;
  if (index >= blocks * ${kvHeads}u) { return; }
  let first = index % u.blocks * ${ROWS}u;
  let begin = (index % blocks) / u.blocks * u.slots;
  firstKey = first;
  tokens = begin;
  kvHead = index / blocks;
  ${PRODUCT_PLACE}
  ${place}
  if (t < ${ROWS}u) {
    keyEnds[t] = u32(ends[tokens + rowKey(t)]);
    ${window === null ? '' : 'keyDepths[t] = depths[tokens + rowKey(t)];'}
  }
  ${each(perRow, (i) => `var dk${i} = vec4f(); var dv${i} = vec4f();`)}
  var last = 0u;
  for (var i = first; i < min(first + ${ROWS}u, u.slots); i++) { last = max(last, u32(ends[begin + i])); }
  let pairs = (last - first) * ${group}u;
  for (var start = 0u; start < pairs; start += ${COLUMNS}u) {
    ${products(
      'product',
      fours,
      (i, j) => `kvFour(rowHead(${i}), ${j})`,
      (i, j) => `qFour(pairHead(start + ${i}), ${j})`,
    )}
    ${products(
      'weight',
      fours,
      (i, j) => `kvFour(rowHead(${i}) + ${kvHeads}u, ${j})`,
      (i, j) => `dyFour(pairHead(start + ${i}), ${j})`,
    )}
    ${eachProduct(
      (at, row, column) => `{
      let head = pairHead(start + ${column});
      ${scoreGradients(at, `sees(start + ${column}, ${row})`, 'logSum[head]', 'overlap[head]')}
      weights[${row} * ${COLUMNS}u + ${column}] = p;
      dScores[${row} * ${COLUMNS}u + ${column}] = ds;
    }`,
    )}
    workgroupBarrier();
    for (var i = 0u; i < min(${COLUMNS}u, pairs - start); i++) {
      let head = pairHead(start + i);
      let q = qFour(head, four);
      let dy = dyFour(head, four);
      ${each(
        perRow,
        (i) => `dk${i} += dScores[(sumRow + ${i}u) * ${COLUMNS}u + i] * q;
      dv${i} += weights[(sumRow + ${i}u) * ${COLUMNS}u + i] * dy;`,
      )}
    }
  }
  ${each(
    perRow,
    (i) => `if (firstKey + sumRow + ${i}u < u.slots) {
    putdkv(rowHead(sumRow + ${i}u), four, dk${i});
    putdkv(rowHead(sumRow + ${i}u) + ${kvHeads}u, four, dv${i});
  }`,
  )}
}`;
  return {
    name: `attention dkv tile ${attentionVariant(shape)}`,
    reads: {
      ...{ q: type, kv: type, dy: type },
      ...{ logSum: 'array<f32>', overlap: 'array<f32>', ends: 'array<i32>' },
      ...(window !== null && { depths: 'array<i32>' }),
    },
    writes: { dkv: type },
    uniforms: UNIFORMS,
    get code() {
      return main();
    },
  };
}
