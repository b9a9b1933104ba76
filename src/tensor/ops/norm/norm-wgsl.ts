// WGSL of the norms and their gradients.
import type { Program } from '../../webgpu/gpu.ts';
import { teamProgram } from '../../webgpu/row-team.ts';
import type { RowTeam, RowVectors } from '../../webgpu/row-team.ts';
import type { NormParameters } from './norm.ts';

type Kind = NormParameters['kind'];

/** `steps`: elements of a row; `one`: what is added to the weight. */
const UNIFORMS = { rows: 'u32', steps: 'u32', width: 'u32', eps: 'f32', one: 'f32' } as const;

const nameOf = (flags: object) =>
  Object.entries(flags)
    .filter(([, set]) => set)
    .map(([name]) => ` ${name}`)
    .join('');

/** Declares the row's `mean` and `inverse` deviation; elements of the row begin at `first`. */
function momentsCode(kind: Kind, { type, total }: RowVectors): string {
  const mean = `
  var sum = ${type}();
  for (var i = lane; i < u.steps; i += team) { sum += x[first + i]; }
  let mean = teamSum(${total('sum')}) / f32(u.width);`;
  return `
  let first = row * u.steps;
  ${kind === 'layer' ? mean : 'let mean = 0.0;'}
  var squares = ${type}();
  for (var i = lane; i < u.steps; i += team) {
    let centred = x[first + i] - mean;
    squares += centred * centred;
  }
  let inverse = inverseSqrt(teamSum(${total('squares')}) / f32(u.width) + u.eps);`;
}

export function normProgram(
  kind: Kind,
  vectors: RowVectors,
  team: RowTeam,
  has: { readonly bias: boolean; readonly added: boolean },
): Program {
  const { array } = vectors;
  return {
    name: `norm ${kind} ${array} ${team.size}${nameOf(has)}`,
    reads: {
      ...{ x: array, weight: array },
      ...(has.bias && { bias: array }),
      ...(has.added && { added: array }),
    },
    writes: { y: array },
    uniforms: UNIFORMS,
    code: teamProgram(
      team,
      `${momentsCode(kind, vectors)}
  for (var i = lane; i < u.steps; i += team) {
    y[first + i] = (x[first + i] - mean) * inverse * (weight[i] + u.one)${
      has.bias ? ' + bias[i]' : ''
    }${has.added ? ' + added[first + i]' : ''};
  }`,
    ),
  };
}

/** Leaves mean and inverse deviation of every row in `moments` if they are wanted. */
export function normGradientProgram(
  kind: Kind,
  vectors: RowVectors,
  team: RowTeam,
  has: { readonly added: boolean; readonly moments: boolean },
): Program {
  const { array, type, total } = vectors;
  const layer = kind === 'layer';
  return {
    name: `norm gradient ${kind} ${array} ${team.size}${nameOf(has)}`,
    reads: { dy: array, x: array, weight: array, ...(has.added && { added: array }) },
    writes: { dx: array, ...(has.moments && { moments: 'array<vec2f>' }) },
    uniforms: UNIFORMS,
    code: teamProgram(
      team,
      `${momentsCode(kind, vectors)}
  var overlaps = ${type}();
  ${layer ? `var slopes = ${type}();` : ''}
  for (var i = lane; i < u.steps; i += team) {
    let g = dy[first + i] * (weight[i] + u.one);
    overlaps += g * (x[first + i] - mean);
    ${layer ? 'slopes += g;' : ''}
  }
  let overlap = teamSum(${total('overlaps')}) * inverse / f32(u.width);
  ${layer ? `let slope = teamSum(${total('slopes')}) / f32(u.width);` : 'let slope = 0.0;'}
  for (var i = lane; i < u.steps; i += team) {
    let g = dy[first + i] * (weight[i] + u.one);
    let normal = (x[first + i] - mean) * inverse;
    dx[first + i] = (g - slope - normal * overlap) * inverse${
      has.added ? ' + added[first + i]' : ''
    };
  }
  ${has.moments ? 'if (lane == 0u) { moments[row] = vec2f(mean, inverse); }' : ''}`,
    ),
  };
}

/** Each invocation sums one column over one stretch of rows. */
export function columnsProgram(bias: boolean): Program {
  return {
    name: `norm columns${bias ? ' bias' : ''}`,
    reads: { dy: 'array<f32>', x: 'array<f32>', moments: 'array<vec2f>' },
    writes: { dWeight: 'array<f32>', ...(bias && { dBias: 'array<f32>' }) },
    uniforms: { rows: 'u32', width: 'u32', stretch: 'u32' },
    code: `
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x;
  if (column >= u.width) { return; }
  let end = min((id.y + 1u) * u.stretch, u.rows);
  var weights = 0.0;
  ${bias ? 'var biases = 0.0;' : ''}
  for (var row = id.y * u.stretch; row < end; row += 1u) {
    let at = row * u.width + column;
    let slope = dy[at];
    weights += slope * (x[at] - moments[row].x) * moments[row].y;
    ${bias ? 'biases += slope;' : ''}
  }
  dWeight[id.y * u.width + column] = weights;
  ${bias ? 'dBias[id.y * u.width + column] = biases;' : ''}
}`,
  };
}

/** sum[j] of all stretches, in their order. */
export const stretchesProgram: Program = {
  name: 'norm stretches',
  reads: { parts: 'array<f32>' },
  writes: { sum: 'array<f32>' },
  uniforms: { width: 'u32', stretches: 'u32' },
  code: `
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x;
  if (column >= u.width) { return; }
  var total = 0.0;
  for (var s = 0u; s < u.stretches; s += 1u) { total += parts[s * u.width + column]; }
  sum[column] = total;
}`,
};
