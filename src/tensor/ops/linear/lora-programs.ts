// The narrow products of a LoRA branch: into the rank, back into it, and the gradients of A and B.
import {
  declareSums,
  gatherSums,
  LANES,
  multiplyFour,
  range,
  sumLanes,
} from '../../webgpu/gemm-loops.ts';
import type { GemmForm } from '../../webgpu/gemm-loops.ts';
import type { Program } from '../../webgpu/gpu.ts';
import { fourReader, foursType, writeFour } from '../../webgpu/matrix-loads.ts';
import {
  DROPOUT_FUNCTION,
  DROPOUT_UNIFORMS,
  PART_FUNCTIONS,
  PART_UNIFORMS,
} from './branch-wgsl.ts';

export interface NarrowOptions {
  /** Whether all that is read and written begins at multiples of 4 entries. */
  readonly byFour: boolean;
  /** Whether a workgroup has one block and divides its sums, as GPUs like it; else 4 x 4 blocks. */
  readonly divided: boolean;
}

/** Blocks of 4 x 4 results along either side of a workgroup. */
const SIDE = 4;

/** Workgroups for so many results, by layers. */
export const narrowWorkgroups = (
  rows: number,
  columns: number,
  layers: number,
  divided = false,
) => {
  const block = divided ? 4 : 4 * SIDE;
  return [Math.ceil(columns / block), Math.ceil(rows / block), layers] as const;
};

/** low [n, parts * rank] = dropout(x) A^T; one layer of workgroups per part. */
export function lowProgram(dropout: boolean, options: NarrowOptions): Program {
  const kept = (i: number) => ` * keptFour((part * u.n + row${i}) * u.k + at)`;
  return {
    name: `lora low${dropout ? ' dropout' : ''}${nameOf(options)}`,
    reads: { x: foursType(options.byFour), parameters: foursType(options.byFour) },
    writes: { low: foursType(options.byFour) },
    uniforms: {
      ...{ n: 'u32', k: 'u32', parts: 'u32', rank: 'u32', aStart: 'u32' },
      ...(dropout && DROPOUT_UNIFORMS),
    },
    code: `${dropout ? DROPOUT_FUNCTION : ''}
${fourReader('xFour', 'x', options.byFour)}
${fourReader('aFour', 'parameters', options.byFour)}
${intoRank('low', options, {
  form: 'rows',
  before: range(4)
    .map((j) => `let w${j} = u.aStart + (part * u.rank + min(j0 + ${j}u, u.rank - 1u)) * u.k;`)
    .join(' '),
  count: 'u.k',
  left: (i) => `xFour(row${i} * u.k + at, u.k - at)${dropout ? kept(i) : ''}`,
  right: (j) => `aFour(w${j} + at, u.k - at)`,
  value: (i) => `v${i}`,
})}`,
  };
}

/** dLow [n, parts * rank] = scaling * dy B; one layer of workgroups per part. */
export function dLowProgram(options: NarrowOptions): Program {
  return {
    name: `lora dLow${nameOf(options)}`,
    reads: { dy: foursType(options.byFour), parameters: foursType(options.byFour) },
    writes: { dLow: foursType(options.byFour) },
    uniforms: { n: 'u32', outputs: 'u32', ...PART_UNIFORMS },
    code: `${PART_FUNCTIONS}
${fourReader('dyFour', 'dy', options.byFour)}
${fourReader('bFour', 'parameters', options.byFour)}
${intoRank('dLow', options, {
  form: 'columns',
  before: 'let first = firstOf(part); let size = sizeOf(part); let b = bOf(part) + j0;',
  count: 'size',
  left: (i) => `dyFour(row${i} * u.outputs + first + at, size - at)`,
  right: (j) => `bFour(b + min(at + ${j}u, size - 1u) * u.rank, u.rank - j0)`,
  value: (i) => `u.scaling * v${i}`,
})}`,
  };
}

const nameOf = ({ byFour, divided }: NarrowOptions) =>
  `${byFour ? ' x4' : ''}${divided ? ' divided' : ''}`;

interface IntoRank {
  readonly form: GemmForm;
  readonly before: string;
  /** Terms of each sum; `at` counts them by fours. */
  readonly count: string;
  readonly left: (i: number) => string;
  readonly right: (j: number) => string;
  readonly value: (i: number) => string;
}

/** [n, parts * rank]: sums over a width. */
function intoRank(
  to: string,
  { byFour, divided }: NarrowOptions,
  { form, before, count, left, right, value }: IntoRank,
): string {
  const { declarations, code } = sumLanes(4);
  const head = divided
    ? `
${declarations}
@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) lane: u32) {`
    : `
@compute @workgroup_size(${SIDE}, ${SIDE})
fn main(@builtin(global_invocation_id) id: vec3u) {
const lane = 0u;`;
  return `${head}
let i0 = id.y * 4u; let j0 = id.x * 4u; let part = id.z;
${divided ? '' : 'if (i0 >= u.n || j0 >= u.rank) { return; }'}
${range(4)
  .map((i) => `let row${i} = min(i0 + ${i}u, u.n - 1u);`)
  .join(' ')}
${before}
${declareSums(form, 4)}
for (var at = 4u * lane; at < ${count}; at += ${divided ? 4 * LANES : 4}u) {
${multiplyFour(form, 4, left, right, (i) => `s${i}`)}
}
${gatherSums(form, 4)}
${divided ? `${code}\nif (lane > 0u) { return; }` : ''}
${range(4)
  .map((i) => {
    const place = `((i0 + ${i}u) * u.parts + part) * u.rank + j0`;
    return `if (i0 + ${i}u < u.n) { ${writeFour(to, place, 'u.rank - j0', value(i), byFour)} }`;
  })
  .join('\n')}
}`;
}

/**
 * Where the gradients of A and B are: `placeOf` an entry of all of them one after the other, A first.
 * `u.aSize` is the size of A.
 */
const PLACES = `
fn bBefore(part: u32) -> u32 {
  return u.aSize + u.rank * (select(0u, u.size0, part > 0u) + select(0u, u.size1, part > 1u));
}
fn placeOf(index: u32) -> u32 {
  if (index < u.aSize) { return u.aStart + index; }
  var part = 0u;
  while (part + 1u < u.parts && index >= bBefore(part + 1u)) { part += 1u; }
  return bOf(part) + index - bBefore(part);
}`;

/**
 * dA = dLow^T dropout(x) and dB = scaling * dy^T low, sums over tokens. Layers of workgroups: for
 * every stretch of tokens and each part, A and then B; along x the inputs or outputs, along y the
 * rank. With one stretch the sums are added to the gradient; with more they go to `sums`
 * [stretches, size of all gradients], to be added up in order by `stretchesProgram`.
 */
export function tokenSumsProgram(
  dropout: boolean,
  stretched: boolean,
  { byFour }: Pick<NarrowOptions, 'byFour'>,
): Program {
  const fours = foursType(byFour);
  const into = stretched ? 'sums' : 'gradient';
  const write = (index: string, count: string, value: string) => {
    const first = stretched ? `piece * u.allSize + ${index}` : `placeOf(${index})`;
    if (stretched) return writeFour(into, first, count, value, byFour);
    const sum = `intoFour(${first}, ${count}) + ${value}`;
    return writeFour(into, first, count, sum, byFour);
  };
  // Rows of the sums are four of the rank, columns four of the width.
  const sums = (left: string, right: string) => `
${range(4)
  .map((i) => `var v${i} = vec4f();`)
  .join(' ')}
for (var t = piece * u.stretch; t < end; t += 1u) {
  let l = ${left};
  let r = ${right};
  ${range(4)
    .map((i) => `v${i} += l[${i}] * r;`)
    .join(' ')}
}`;
  const kept = ' * keptFour((part * u.n + t) * u.inputs + j0)';
  return {
    name: `lora dA dB${dropout ? ' dropout' : ''}${stretched ? ' stretched' : ''}${byFour ? ' x4' : ''}`,
    reads: { x: fours, dy: fours, low: fours, dLow: fours },
    writes: { [into]: fours },
    uniforms: {
      ...{ n: 'u32', inputs: 'u32', outputs: 'u32', stretch: 'u32' },
      ...PLACE_UNIFORMS,
      ...(dropout && DROPOUT_UNIFORMS),
    },
    code: `${PART_FUNCTIONS}
${PLACES}
${dropout ? DROPOUT_FUNCTION : ''}
${['x', 'dy', 'low', 'dLow'].map((name) => fourReader(`${name}Four`, name, byFour)).join('\n')}
${stretched ? '' : fourReader('intoFour', into, byFour)}
@compute @workgroup_size(${SIDE}, ${SIDE})
fn main(@builtin(global_invocation_id) id: vec3u) {
let i0 = id.y * 4u; let j0 = id.x * 4u;
let part = id.z / 2u % u.parts;
let piece = id.z / 2u / u.parts;
let end = min((piece + 1u) * u.stretch, u.n);
if (i0 >= u.rank) { return; }
if (id.z % 2u == 0u) {
  if (j0 >= u.inputs) { return; }
  ${sums(
    'dLowFour((t * u.parts + part) * u.rank + i0, u.rank - i0)',
    `xFour(t * u.inputs + j0, u.inputs - j0)${dropout ? kept : ''}`,
  )}
  ${range(4)
    .map((i) => {
      const index = `(part * u.rank + i0 + ${i}u) * u.inputs + j0`;
      return `if (i0 + ${i}u < u.rank) { ${write(index, 'u.inputs - j0', `v${i}`)} }`;
    })
    .join('\n  ')}
} else {
  let size = sizeOf(part);
  if (j0 >= size) { return; }
  ${sums(
    'lowFour((t * u.parts + part) * u.rank + i0, u.rank - i0)',
    'dyFour(t * u.outputs + firstOf(part) + j0, size - j0)',
  )}
  ${range(4)
    .map((j) => {
      const index = `bBefore(part) + (j0 + ${j}u) * u.rank + i0`;
      const value = `u.scaling * vec4f(v0[${j}], v1[${j}], v2[${j}], v3[${j}])`;
      return `if (j0 + ${j}u < size) { ${write(index, 'u.rank - i0', value)} }`;
    })
    .join('\n  ')}
}
}`,
  };
}

const PLACE_UNIFORMS = { aStart: 'u32', aSize: 'u32', allSize: 'u32', ...PART_UNIFORMS } as const;

/** gradient += sums of all stretches, in their order. */
export const stretchesProgram: Program = {
  name: 'lora stretches',
  reads: { sums: 'array<f32>' },
  writes: { gradient: 'array<f32>' },
  uniforms: { stretches: 'u32', ...PLACE_UNIFORMS },
  code: `${PART_FUNCTIONS}
${PLACES}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * count.x) * 64u + local;
  if (i >= u.allSize) { return; }
  let to = placeOf(i);
  var sum = gradient[to];
  for (var s = 0u; s < u.stretches; s += 1u) { sum += sums[s * u.allSize + i]; }
  gradient[to] = sum;
}`,
};
