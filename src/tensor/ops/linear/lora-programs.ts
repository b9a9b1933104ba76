// The narrow products of a LoRA branch: into the rank, back into it, and the gradients of A and B.
import type { Program } from '../../webgpu/gpu.ts';
import {
  DROPOUT_FUNCTION,
  DROPOUT_UNIFORMS,
  PART_FUNCTIONS,
  PART_UNIFORMS,
} from './branch-wgsl.ts';

/** Results per invocation, and invocations along either side of a workgroup. */
export const NARROW = { height: 4, width: 4, side: 4 } as const;

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

const { height, width, side } = NARROW;
const declare = range(height)
  .flatMap((i) => range(width).map((j) => `var s${i}_${j} = 0.0;`))
  .join(' ');
const multiply = range(height)
  .flatMap((i) => range(width).map((j) => `s${i}_${j} += a${i} * b${j};`))
  .join(' ');
const head = [
  `@compute @workgroup_size(${side}, ${side})`,
  'fn main(@builtin(global_invocation_id) id: vec3u) {',
  `  let i0 = id.y * ${height}u; let j0 = id.x * ${width}u;`,
].join('\n');

/** low [n, parts * rank] = dropout(x) A^T; one layer of workgroups per part. */
export function lowProgram(dropout: boolean): Program {
  return {
    name: `lora low${dropout ? ' dropout' : ''}`,
    reads: { x: 'array<f32>', parameters: 'array<f32>' },
    writes: { low: 'array<f32>' },
    uniforms: {
      ...{ n: 'u32', k: 'u32', parts: 'u32', rank: 'u32', aStart: 'u32' },
      ...(dropout && DROPOUT_UNIFORMS),
    },
    code: `${dropout ? DROPOUT_FUNCTION : ''}
${head}
  if (i0 >= u.n || j0 >= u.rank) { return; }
  let part = id.z;
  ${range(height)
    .map((i) => `let row${i} = min(i0 + ${i}u, u.n - 1u); let x${i} = row${i} * u.k;`)
    .join(' ')}
  ${range(width)
    .map((j) => `let w${j} = u.aStart + (part * u.rank + min(j0 + ${j}u, u.rank - 1u)) * u.k;`)
    .join(' ')}
  ${declare}
  for (var k = 0u; k < u.k; k += 1u) {
    ${range(height)
      .map((i) => {
        const kept = dropout ? ` * kept((part * u.n + row${i}) * u.k + k)` : '';
        return `let a${i} = x[x${i} + k]${kept};`;
      })
      .join(' ')}
    ${range(width)
      .map((j) => `let b${j} = parameters[w${j} + k];`)
      .join(' ')}
    ${multiply}
  }
${storeNarrow('low', 'u.n', 'u.rank', 'u.parts * u.rank', 'part * u.rank', (i, j) => `s${i}_${j}`)}
}`,
  };
}

/** dLow [n, parts * rank] = scaling * dy B; one layer of workgroups per part. */
export const dLowProgram: Program = {
  name: 'lora dLow',
  reads: { dy: 'array<f32>', parameters: 'array<f32>' },
  writes: { dLow: 'array<f32>' },
  uniforms: { n: 'u32', outputs: 'u32', ...PART_UNIFORMS },
  code: `${PART_FUNCTIONS}
${head}
  if (i0 >= u.n || j0 >= u.rank) { return; }
  let part = id.z;
  ${range(height)
    .map((i) => `let y${i} = min(i0 + ${i}u, u.n - 1u) * u.outputs + firstOf(part);`)
    .join(' ')}
  ${range(width)
    .map((j) => `let w${j} = bOf(part) + min(j0 + ${j}u, u.rank - 1u);`)
    .join(' ')}
  ${declare}
  let size = sizeOf(part);
  for (var k = 0u; k < size; k += 1u) {
    ${range(height)
      .map((i) => `let a${i} = dy[y${i} + k];`)
      .join(' ')}
    ${range(width)
      .map((j) => `let b${j} = parameters[w${j} + k * u.rank];`)
      .join(' ')}
    ${multiply}
  }
${storeNarrow('dLow', 'u.n', 'u.rank', 'u.parts * u.rank', 'part * u.rank', (i, j) => `u.scaling * s${i}_${j}`)}
}`,
};

function storeNarrow(
  to: string,
  rows: string,
  columns: string,
  stride: string,
  first: string,
  value: (i: number, j: number) => string,
): string {
  return range(height)
    .flatMap((i) =>
      range(width).map(
        (j) =>
          `  if (i0 + ${i}u < ${rows} && j0 + ${j}u < ${columns}) { ${to}[(i0 + ${i}u) * ${stride} + ${first} + j0 + ${j}u] = ${value(i, j)}; }`,
      ),
    )
    .join('\n');
}

/**
 * Sums over tokens of one side's column times the other's: dA (rank x inputs, with dropout on the
 * inputs) or dB (outputs x rank). Layers of workgroups are parts x stretches of tokens. With one
 * stretch the sums are added to the gradient; with more they go to `sums` [stretches, size of the
 * region], to be added up in order by `stretchesProgram`.
 */
export function tokenSumProgram(of: 'A' | 'B', dropout: boolean, stretched: boolean): Program {
  const into = stretched ? 'sums' : 'gradient';
  const from =
    of === 'A'
      ? {
          reads: { dLow: 'array<f32>', x: 'array<f32>' },
          rows: 'u.rank',
          columns: 'u.inputs',
          left: (i: string) => `dLow[t * lows + part * u.rank + ${i}]`,
          right: (j: string) => `x[t * u.inputs + ${j}]`,
          place: (i: string, j: string) => `u.aStart + (part * u.rank + ${i}) * u.inputs + ${j}`,
        }
      : {
          reads: { dy: 'array<f32>', low: 'array<f32>' },
          rows: 'sizeOf(part)',
          columns: 'u.rank',
          left: (i: string) => `dy[t * u.outputs + firstOf(part) + ${i}]`,
          right: (j: string) => `low[t * lows + part * u.rank + ${j}]`,
          place: (i: string, j: string) => `bOf(part) + ${i} * u.rank + ${j}`,
        };
  const drops = dropout && of === 'A';
  const kept = (j: number) => `* kept((part * u.n + t) * u.inputs + j0 + ${j}u)`;
  const scale = of === 'B' ? 'u.scaling * ' : '';
  return {
    name: `lora d${of}${drops ? ' dropout' : ''}${stretched ? ' stretched' : ''}`,
    reads: from.reads,
    writes: { [into]: 'array<f32>' },
    uniforms: {
      ...{ n: 'u32', inputs: 'u32', outputs: 'u32', aStart: 'u32' },
      ...{ stretch: 'u32', region: 'u32', regionSize: 'u32' },
      ...PART_UNIFORMS,
      ...(drops && DROPOUT_UNIFORMS),
    },
    code: `${PART_FUNCTIONS}
${drops ? DROPOUT_FUNCTION : ''}
${head}
  let part = id.z % u.parts;
  let piece = id.z / u.parts;
  let rows = ${from.rows}; let columns = ${from.columns};
  if (i0 >= rows || j0 >= columns) { return; }
  let lows = u.parts * u.rank;
  ${range(height)
    .map((i) => `let row${i} = min(i0 + ${i}u, rows - 1u);`)
    .join(' ')}
  ${range(width)
    .map((j) => `let column${j} = min(j0 + ${j}u, columns - 1u);`)
    .join(' ')}
  ${declare}
  let end = min((piece + 1u) * u.stretch, u.n);
  for (var t = piece * u.stretch; t < end; t += 1u) {
    ${range(height)
      .map((i) => `let a${i} = ${from.left(`row${i}`)};`)
      .join(' ')}
    ${range(width)
      .map((j) => `let b${j} = ${from.right(`column${j}`)}${drops ? kept(j) : ''};`)
      .join(' ')}
    ${multiply}
  }
${range(height)
  .flatMap((i) =>
    range(width).map((j) => {
      const place = from.place(`(i0 + ${i}u)`, `j0 + ${j}u`);
      const to = stretched ? `piece * u.regionSize + ${place} - u.region` : place;
      return `  if (i0 + ${i}u < rows && j0 + ${j}u < columns) { let to = ${to}; ${into}[to] = ${stretched ? '' : `${into}[to] + `}${scale}s${i}_${j}; }`;
    }),
  )
  .join('\n')}
}`,
  };
}

/** gradient[region + i] += sums of all stretches, in their order. */
export const stretchesProgram: Program = {
  name: 'lora stretches',
  reads: { sums: 'array<f32>' },
  writes: { gradient: 'array<f32>' },
  uniforms: { region: 'u32', regionSize: 'u32', stretches: 'u32' },
  code: `
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * count.x) * 64u + local;
  if (i >= u.regionSize) { return; }
  var sum = gradient[u.region + i];
  for (var s = 0u; s < u.stretches; s += 1u) { sum += sums[s * u.regionSize + i]; }
  gradient[u.region + i] = sum;
}`,
};
