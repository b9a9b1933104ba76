// WGSL that chooses tokens by chunks of logits.
import type { Program } from '../../webgpu/gpu.ts';
import { teamProgram } from '../../webgpu/row-team.ts';
import type { RowTeam, RowVectors } from '../../webgpu/row-team.ts';
import { LOWEST, logitFunctions, logitUniforms } from '../trie-loss/logit-wgsl.ts';

/** Tokens whose weights are added up before draws look at them one by one. */
export const SEGMENT = 64;

export const WORKGROUP = 32;

/** The largest f32 below 1: a share that leaves the last token reachable. */
const BELOW_ONE = '0.99999994';

const SCALARS = { type: 'f32' } as const;

/** An entry point that runs `body` for every `i` below the uniform `total`. */
const each = (body: string) => `
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * count.x) * ${WORKGROUP}u + local;
  if (i >= u.total) { return; }
  ${body}
}`;

/** The largest logit of a row in chunk `u.chunk` of `u.chunks`, and the first token that has it. */
export function largestProgram(vectors: RowVectors, team: RowTeam, capped: boolean): Program {
  const { array, type, columns, largest } = vectors;
  const places =
    columns === 4
      ? `let same = x == vec4f(top);
      if (any(same)) { place = 4u * i + select(select(select(3u, 2u, same.z), 1u, same.y), 0u, same.x); break; }`
      : 'if (x == top) { place = i; break; }';
  return {
    name: `draw largest ${type} ${team.size}${capped ? ' capped' : ''}`,
    reads: { products: array },
    writes: { tops: 'array<f32>', tokens: 'array<i32>' },
    uniforms: {
      ...{ rows: 'u32', steps: 'u32', first: 'u32', chunk: 'u32', chunks: 'u32' },
      ...logitUniforms(capped),
    },
    code: teamProgram(
      team,
      `
  let origin = row * u.steps;
  // Products rather than logits are compared: neither cap nor temperature changes their order.
  var highest = ${type}(${LOWEST});
  for (var i = lane; i < u.steps; i += team) { highest = max(highest, products[origin + i]); }
  let top = teamMax(${largest('highest')});
  var place = 0xffffffu;
  for (var i = lane; i < u.steps; i += team) {
    let x = products[origin + i];
    ${places}
  }
  // The least place, exact in f32 up to 2^24.
  let least = -teamMax(-f32(place));
  if (lane == 0u) {
    tops[row * u.chunks + u.chunk] = logitOf(top);
    tokens[row * u.chunks + u.chunk] = i32(u.first + u32(least));
  }`,
      logitFunctions(vectors, capped),
    ),
  };
}

/** The token of the first of a row's largest chunks. */
export const likeliestProgram: Program = {
  name: 'draw likeliest',
  reads: { tops: 'array<f32>', candidates: 'array<i32>' },
  writes: { tokens: 'array<i32>' },
  uniforms: { total: 'u32', chunks: 'u32' },
  code: each(`
  var best = i * u.chunks;
  for (var c = 1u; c < u.chunks; c += 1u) {
    if (tops[i * u.chunks + c] > tops[best]) { best = i * u.chunks + c; }
  }
  tokens[i] = candidates[best];`),
};

/** `weightOf(row, column)`: exp of a logit less the largest one of its row and chunk. */
const weightFunction = (capped: boolean) => `
${logitFunctions(SCALARS, capped)}
fn weightOf(row: u32, column: u32) -> f32 {
  return exp(logitOf(products[row * u.size + column]) - tops[row * u.chunks + u.chunk]);
}`;

const CHUNK_UNIFORMS: Program['uniforms'] = {
  ...{ total: 'u32', size: 'u32', segments: 'u32', chunk: 'u32', chunks: 'u32' },
};

/** sums[row, segment] of the weights in each stretch of `SEGMENT` tokens. */
export function segmentsProgram(capped: boolean): Program {
  return {
    name: `draw segments${capped ? ' capped' : ''}`,
    reads: { products: 'array<f32>', tops: 'array<f32>' },
    writes: { sums: 'array<f32>' },
    uniforms: { ...CHUNK_UNIFORMS, ...logitUniforms(capped) },
    code: `${weightFunction(capped)}
${each(`
  let row = i / u.segments;
  let begin = i % u.segments * ${SEGMENT}u;
  var sum = 0.0;
  for (var j = begin; j < min(begin + ${SEGMENT}u, u.size); j += 1u) { sum += weightOf(row, j); }
  sums[i] = sum;`)}`,
  };
}

/** Turns a row's sums into those of all segments up to each, and leaves the last in `masses`. */
export const prefixesProgram: Program = {
  name: 'draw prefixes',
  reads: {},
  writes: { sums: 'array<f32>', masses: 'array<f32>' },
  uniforms: { total: 'u32', segments: 'u32', chunk: 'u32', chunks: 'u32' },
  code: each(`
  var sum = 0.0;
  for (var s = i * u.segments; s < (i + 1u) * u.segments; s += 1u) {
    sum += sums[s];
    sums[s] = sum;
  }
  masses[i * u.chunks + u.chunk] = sum;`),
};

/** For every draw a chunk, and how much of the chunk's mass lies below its token. */
export const chunksProgram: Program = {
  name: 'draw chunks',
  reads: {
    tops: 'array<f32>',
    masses: 'array<f32>',
    rowOfDraw: 'array<i32>',
    uniforms: 'array<f32>',
  },
  writes: { chosen: 'array<i32>', below: 'array<f32>' },
  uniforms: { total: 'u32', chunks: 'u32' },
  code: each(`
  let begin = u32(rowOfDraw[i]) * u.chunks;
  let end = begin + u.chunks;
  var top = tops[begin];
  for (var c = begin; c < end; c += 1u) { top = max(top, tops[c]); }
  var all = 0.0;
  for (var c = begin; c < end; c += 1u) { all += masses[c] * exp(tops[c] - top); }
  let wanted = min(uniforms[i], ${BELOW_ONE}) * all;
  var reached = 0.0;
  var before = 0.0;
  var chunk = begin;
  for (var c = begin; c < end && reached <= wanted; c += 1u) {
    let mass = masses[c] * exp(tops[c] - top);
    // Rounding cannot lead past the last chunk that has any mass.
    if (mass > 0.0) {
      chunk = c;
      before = reached;
    }
    reached += mass;
  }
  chosen[i] = i32(chunk - begin);
  below[i] = min((wanted - before) * exp(top - tops[chunk]), ${BELOW_ONE} * masses[chunk]);`),
};

/** The tokens of the draws that chose this chunk. */
export function searchProgram(capped: boolean): Program {
  return {
    name: `draw search${capped ? ' capped' : ''}`,
    reads: {
      ...{ products: 'array<f32>', tops: 'array<f32>', sums: 'array<f32>' },
      ...{ rowOfDraw: 'array<i32>', chosen: 'array<i32>', below: 'array<f32>' },
    },
    writes: { tokens: 'array<i32>' },
    uniforms: { ...CHUNK_UNIFORMS, first: 'u32', ...logitUniforms(capped) },
    code: `${weightFunction(capped)}
${each(`
  if (u32(chosen[i]) != u.chunk) { return; }
  let row = u32(rowOfDraw[i]);
  let wanted = below[i];
  let begin = row * u.segments;
  // The first segment whose sum exceeds what is wanted.
  var low = begin;
  var high = begin + u.segments - 1u;
  while (low < high) {
    let middle = (low + high) / 2u;
    if (sums[middle] > wanted) { high = middle; } else { low = middle + 1u; }
  }
  var sum = 0.0;
  if (low > begin) { sum = sums[low - 1u]; }
  let column = (low - begin) * ${SEGMENT}u;
  var token = column;
  for (var j = column; j < min(column + ${SEGMENT}u, u.size); j += 1u) {
    let weight = weightOf(row, j);
    if (weight > 0.0) { token = j; }
    sum += weight;
    if (sum > wanted) { break; }
  }
  tokens[i] = i32(u.first + token);`)}`,
  };
}
