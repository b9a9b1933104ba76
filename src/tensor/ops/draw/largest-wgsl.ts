// WGSL that finds the largest logits by chunks.
import type { Program } from '../../webgpu/gpu.ts';
import { teamProgram } from '../../webgpu/row-team.ts';
import type { RowTeam, RowVectors } from '../../webgpu/row-team.ts';
import { LOWEST_LOGIT, logitFunctions, logitUniforms } from '../trie-loss/logit-wgsl.ts';
import { forEach } from './each-wgsl.ts';

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
  var highest = ${type}(${LOWEST_LOGIT});
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
  code: forEach(`
  var best = i * u.chunks;
  for (var c = 1u; c < u.chunks; c += 1u) {
    if (tops[i * u.chunks + c] > tops[best]) { best = i * u.chunks + c; }
  }
  tokens[i] = candidates[best];`),
};
