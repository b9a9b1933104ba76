// WGSL that draws tokens by chunks of logits.
import type { Program } from '../../webgpu/gpu.ts';
import { logitFunctions, logitUniforms } from '../trie-loss/logit-wgsl.ts';
import { forEach } from './each-wgsl.ts';

/** Tokens whose weights are added up before draws look at them one by one. */
export const SEGMENT = 64;

/** The largest f32 below 1: a share that leaves the last token reachable. */
const BELOW_ONE = '0.99999994';

const SCALARS = { type: 'f32' } as const;

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
${forEach(`
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
  code: forEach(`
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
  code: forEach(`
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
${forEach(`
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
