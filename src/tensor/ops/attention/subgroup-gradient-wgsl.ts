// Attention's gradient for subgroups of four: of queries on a walk like forward's, then of keys and values.
import type { Program } from '../../webgpu/gpu.ts';
import type { AttentionShape } from './attention-shape.ts';
import { LANES, blockRows, walkProgram, WORKGROUP } from './subgroup-walk-wgsl.ts';
import type { RowBlock } from './subgroup-walk-wgsl.ts';
import {
  each,
  headStorage,
  softCapFunctions,
  UNIFORMS,
  attentionVariant,
} from './attention-wgsl.ts';

const own = (j: number) => `lane + ${LANES * j}u`;

/** Writes dq, and for the second program `overlap` [rows * slots, heads]: sum(dy * y) of every head. */
export function subgroupQueryGradient(shape: AttentionShape, block: RowBlock): Program {
  const { headDim, softCap } = shape;
  const chunks = Math.ceil(headDim / (4 * LANES));
  const { type, read, write } = headStorage(headDim, chunks * LANES);
  const lines = (line: (r: number, a: number) => string) =>
    blockRows(block)
      .map(({ r, a }) => line(r, a))
      .join('\n');
  const sum = (term: (j: number) => string) =>
    Array.from({ length: chunks }, (_, j) => term(j)).join(' + ');
  const begin = lines(
    (r) => `
  ${each(
    chunks,
    (j) =>
      `let q${r}_${j} = qFour(head${r}, ${own(j)}); let dy${r}_${j} = dyFour(head${r}, ${own(j)}); var dq${r}_${j} = vec4f();`,
  )}
  let overlap${r} = subgroupAdd(${sum((j) => `dot(dy${r}_${j}, yFour(head${r}, ${own(j)}))`)});
  let logSum${r} = logSum[head${r}];`,
  );
  const visit = (seen: (a: number) => string) => `
    ${each(chunks, (j) => `let k${j} = kvFour(key, ${own(j)}); let v${j} = kvFour(value, ${own(j)});`)}
    ${lines(
      (r, a) => `
    let products${r} = subgroupAdd(vec2f(${sum((j) => `dot(q${r}_${j}, k${j})`)}, ${sum((j) => `dot(dy${r}_${j}, v${j})`)}));
    let score${r} = capped(u.scale * products${r}.x);
    let p${r} = select(0.0, exp(min(0.0, score${r} - logSum${r})), ${seen(a)});
    let ds${r} = p${r} * (products${r}.y - overlap${r}) * slope(score${r}) * u.scale;
    ${each(chunks, (j) => `dq${r}_${j} += ds${r} * k${j};`)}`,
    )}`;
  const end = lines(
    (r) => `
  ${each(chunks, (j) => `putdq(head${r}, ${own(j)}, dq${r}_${j});`)}
  if (lane == 0u) { overlap[head${r}] = overlap${r}; }`,
  );
  return {
    name: `attention dq subgroup ${attentionVariant(shape)} ${block.queries} ${block.heads}`,
    enable: ['subgroups'],
    reads: { q: type, kv: type, dy: type, y: type, logSum: 'array<f32>', parents: 'array<i32>' },
    writes: { dq: type, overlap: 'array<f32>' },
    uniforms: UNIFORMS,
    get code() {
      return [
        ...[read('q'), read('kv'), read('dy'), read('y'), write('dq'), softCapFunctions(softCap)],
        walkProgram(shape, block, { begin, visit, end }),
      ].join('\n');
    },
  };
}

/**
 * A subgroup has `block` neighbouring keys of one head and goes through the queries that see any of
 * them, in their order; what it loads of a query serves all its keys.
 */
export function subgroupKeyGradient(shape: AttentionShape, block: number): Program {
  const { heads, kvHeads, headDim, softCap, window } = shape;
  const group = heads / kvHeads;
  const chunks = Math.ceil(headDim / (4 * LANES));
  const { type, read, write } = headStorage(headDim, chunks * LANES);
  const lines = (line: (c: number) => string) => each(block, line);
  const sum = (term: (j: number) => string) =>
    Array.from({ length: chunks }, (_, j) => term(j)).join(' + ');
  const last = Array.from({ length: block }, (_, c) => `end${c}`);
  const near = (c: number) => (window === null ? '' : ` && depth - depth${c} < u.window`);
  const main = () => `
@diagnostic(off, subgroup_uniformity)
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) count: vec3u) {
  let lane = id.x % ${LANES}u;
  let index = (id.x + id.y * count.x * ${WORKGROUP}u) / ${LANES}u;
  let blocks = u.rows * u.blocks;
  if (index >= blocks * ${kvHeads}u) { return; }
  let row = (index % blocks) / u.blocks;
  let block = index % u.blocks;
  let kvHead = index / blocks;
  let tokens = row * u.slots;
  ${lines(
    (c) => `
  let slot${c} = min(block * ${block}u + ${c}u, u.slots - 1u);
  let end${c} = u32(ends[tokens + slot${c}]);
  ${window === null ? '' : `let depth${c} = depths[tokens + slot${c}];`}
  let key${c} = (tokens + slot${c}) * ${2 * kvHeads}u + kvHead;
  ${each(
    chunks,
    (j) => `
  let k${c}_${j} = kvFour(key${c}, ${own(j)});
  let v${c}_${j} = kvFour(key${c} + ${kvHeads}u, ${own(j)});
  var dk${c}_${j} = vec4f();
  var dv${c}_${j} = vec4f();`,
  )}`,
  )}
  for (var query = slot0; query < ${last.reduce((x, y) => `max(${x}, ${y})`)}; query++) {
    let token = tokens + query;
    ${window === null ? '' : `let depth = depths[token];`}
    ${lines((c) => `let seen${c} = query >= slot${c} && query < end${c}${near(c)};`)}
    for (var b = 0u; b < ${group}u; b++) {
      let head = token * ${heads}u + kvHead * ${group}u + b;
      let total = logSum[head];
      let dyOfY = overlap[head];
      ${each(chunks, (j) => `let q${j} = qFour(head, ${own(j)}); let dy${j} = dyFour(head, ${own(j)});`)}
      ${lines(
        (c) => `
      let products${c} = subgroupAdd(vec2f(${sum((j) => `dot(q${j}, k${c}_${j})`)}, ${sum((j) => `dot(dy${j}, v${c}_${j})`)}));
      let score${c} = capped(u.scale * products${c}.x);
      let p${c} = select(0.0, exp(min(0.0, score${c} - total)), seen${c});
      let ds${c} = p${c} * (products${c}.y - dyOfY) * slope(score${c}) * u.scale;
      ${each(chunks, (j) => `dk${c}_${j} += ds${c} * q${j}; dv${c}_${j} += p${c} * dy${j};`)}`,
      )}
    }
  }
  ${lines((c) =>
    each(
      chunks,
      (j) =>
        `putdkv(key${c}, ${own(j)}, dk${c}_${j}); putdkv(key${c} + ${kvHeads}u, ${own(j)}, dv${c}_${j});`,
    ),
  )}
}`;
  return {
    name: `attention dkv subgroup ${attentionVariant(shape)} ${block}`,
    enable: ['subgroups'],
    reads: {
      ...{ q: type, kv: type, dy: type },
      ...{ logSum: 'array<f32>', overlap: 'array<f32>', ends: 'array<i32>' },
      ...(window !== null && { depths: 'array<i32>' }),
    },
    writes: { dkv: type },
    uniforms: UNIFORMS,
    get code() {
      return [
        ...[read('q'), read('kv'), read('dy'), write('dkv'), softCapFunctions(softCap)],
        main(),
      ].join('\n');
    },
  };
}
