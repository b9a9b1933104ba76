// WGSL of the loss: what is read off a chunk of logits, and what a chunk's gradient is.
import type { Program } from '../../webgpu/gpu.ts';
import { teamProgram } from '../../webgpu/row-team.ts';
import type { RowTeam, RowVectors } from '../../webgpu/row-team.ts';
import { LOWEST_LOGIT, logitFunctions, logitUniforms } from './logit-wgsl.ts';

/** `steps`: elements of a row of the chunk; `first`: its first token; `size`: its tokens. */
const CHUNK_UNIFORMS = { rows: 'u32', steps: 'u32', first: 'i32', size: 'i32' } as const;

const SPARSE = { start: 'array<i32>', token: 'array<i32>' } as const;

/** Elements that are added up before they are added to the sum: keeps rounding small. */
const BLOCK = 64;

/** Where a token lies in the row that begins at `origin`. */
function entryFunction({ columns }: RowVectors): string {
  const entry = columns === 4 ? 'chunk[origin + at / 4u][at % 4u]' : 'chunk[origin + at]';
  return `fn entry(origin: u32, at: u32) -> f32 { return ${entry}; }`;
}

/**
 * Brings each row's `state` (largest logit, sum of exponentials below it, what the targets sum to,
 * log-normaliser) up to date with a chunk; the first begins it. `loss`: sums probability * logit over
 * the row's targets, and the last chunk leaves weight * loss in `losses`. `values`: leaves the
 * targets' logits in `values`, of which the last chunk takes the log-normaliser.
 */
export function statisticsProgram(
  wants: 'loss' | 'values',
  vectors: RowVectors,
  team: RowTeam,
  capped: boolean,
): Program {
  const { array, type, total, largest } = vectors;
  const loss = wants === 'loss';
  const found = loss
    ? 'sumOfTargets += probability[t] * logitOf(entry(origin, u32(at)));'
    : 'values[t] = logitOf(entry(origin, u32(at)));';
  const end = loss
    ? 'if (lane == 0u) { losses[row] = weight[row] * (normalizer - targets); }'
    : 'for (var t = begin + lane; t < end; t += team) { values[t] -= normalizer; }';
  return {
    name: `trie statistics ${wants} ${type} ${team.size}${capped ? ' capped' : ''}`,
    reads: {
      ...{ chunk: array, ...SPARSE },
      ...(loss && { weight: 'array<f32>', probability: 'array<f32>' }),
    },
    writes: { state: 'array<vec4f>', [loss ? 'losses' : 'values']: 'array<f32>' },
    uniforms: {
      ...{ ...CHUNK_UNIFORMS, begins: 'u32', ends: 'u32' },
      ...logitUniforms(capped),
    },
    code: teamProgram(
      team,
      `
  let origin = row * u.steps;
  var before = vec4f(${LOWEST_LOGIT}, 0.0, 0.0, 0.0);
  if (u.begins == 0u) { before = state[row]; }
  var highest = ${type}(${LOWEST_LOGIT});
  for (var i = lane; i < u.steps; i += team) { highest = max(highest, logit(chunk[origin + i])); }
  let chunkTop = teamMax(${largest('highest')});
  var sum = 0.0;
  for (var i = lane; i < u.steps; i += ${BLOCK}u * team) {
    var part = ${type}();
    for (var j = i; j < min(i + ${BLOCK}u * team, u.steps); j += team) {
      part += exp(logit(chunk[origin + j]) - chunkTop);
    }
    sum += ${total('part')};
  }
  let chunkSum = teamSum(sum);
  let top = max(before.x, chunkTop);
  let all = before.y * exp(before.x - top) + chunkSum * exp(chunkTop - top);
  let normalizer = top + log(all);
  let begin = u32(start[row]);
  let end = u32(start[row + 1u]);
  var sumOfTargets = 0.0;
  for (var t = begin + lane; t < end; t += team) {
    let at = token[t] - u.first;
    if (at >= 0 && at < u.size) { ${found} }
  }
  let targets = before.z + teamSum(sumOfTargets);
  if (lane == 0u) { state[row] = vec4f(top, all, targets, normalizer); }
  if (u.ends == 1u) { ${end} }`,
      `${logitFunctions(vectors, capped)}\n${entryFunction(vectors)}`,
    ),
  };
}

/**
 * Turns a chunk of products into the gradient of the loss with respect to them, in place: scale *
 * weight * (softmax - targets) * slope of the cap. The invocation that writes an element also
 * subtracts the targets that lie in it: one order, no barrier.
 */
export function chunkGradientProgram(vectors: RowVectors, team: RowTeam, capped: boolean): Program {
  const { array, type, columns } = vectors;
  const place = columns === 4 ? 'chunk[origin + at / 4u][at % 4u]' : 'chunk[origin + at]';
  const eachTarget = (statement: string) => `
  for (var t = begin; t < end; t += 1u) {
    let signed = token[t] - u.first;
    let at = u32(signed);
    if (signed >= 0 && signed < u.size && at / ${columns}u % team == lane) { ${statement} }
  }`;
  return {
    name: `trie chunk gradient ${type} ${team.size}${capped ? ' capped' : ''}`,
    reads: {
      ...{ state: 'array<vec4f>', weight: 'array<f32>', ...SPARSE },
      probability: 'array<f32>',
    },
    writes: { chunk: array, ...(capped && { slopes: 'array<f32>' }) },
    uniforms: { ...CHUNK_UNIFORMS, scale: 'f32', ...logitUniforms(capped) },
    code: teamProgram(
      team,
      `
  let origin = row * u.steps;
  let factor = weight[row] * u.scale;
  // Rather than through the log-normaliser, whose last bit is much in the probabilities.
  let top = state[row].x;
  let share = factor / state[row].y;
  let begin = u32(start[row]);
  let end = u32(start[row + 1u]);
  ${capped ? eachTarget(`slopes[t] = slopeOf(${place});`) : ''}
  for (var i = lane; i < u.steps; i += team) {
    let x = chunk[origin + i];
    chunk[origin + i] = share * exp(logit(x) - top)${capped ? ' * slope(x)' : ''};
  }
  ${eachTarget(`${place} -= factor * probability[t]${capped ? ' * slopes[t]' : ''};`)}`,
      logitFunctions(vectors, capped),
    ),
  };
}

/** loss = constant + the sum of all rows' losses. */
export function totalProgram(team: RowTeam): Program {
  return {
    name: `trie total ${team.size}`,
    reads: { losses: 'array<f32>' },
    writes: { loss: 'array<f32>' },
    uniforms: { rows: 'u32', count: 'u32', constant: 'f32' },
    code: teamProgram(
      team,
      `
  var sum = 0.0;
  for (var i = lane; i < u.count; i += team) { sum += losses[i]; }
  let total = teamSum(sum);
  if (lane == 0u) { loss[row] = u.constant + total; }`,
    ),
  };
}
