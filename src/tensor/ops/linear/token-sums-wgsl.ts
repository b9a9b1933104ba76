// The gradients of a LoRA branch's A and B: programs that sum over tokens.
import { range } from '../../webgpu/gemm-block.ts';
import type { Program } from '../../webgpu/gpu.ts';
import { fourReader, foursType, writeFour } from '../../webgpu/matrix-loads.ts';
import {
  DROPOUT_FUNCTION,
  DROPOUT_UNIFORMS,
  PART_FUNCTIONS,
  PART_UNIFORMS,
  rowEntries,
} from './branch-wgsl.ts';

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

const PLACE_UNIFORMS = { aStart: 'u32', aSize: 'u32', allSize: 'u32', ...PART_UNIFORMS } as const;

/** Invocations of a workgroup of `tokenSumsProgram`; each has four columns. */
const INVOCATIONS = 32;

interface TokenSumsOptions {
  readonly dropout: boolean;
  readonly byFour: boolean;
  /** Whether tokens are cut into stretches. */
  readonly stretched: boolean;
  /** Of the rank, in one invocation: a multiple of 4. More mean fewer loads, and fewer invocations. */
  readonly height: number;
}

/** @param width the greatest of the inputs and the parts' outputs @param layers two per part and stretch */
export const tokenSumsWorkgroups = (
  { height }: TokenSumsOptions,
  rank: number,
  width: number,
  layers: number,
) => [Math.ceil(width / (4 * INVOCATIONS)), Math.ceil(rank / height), layers] as const;

/**
 * dA = dLow^T dropout(x) and dB = scaling * dy^T low, sums over tokens. Layers of workgroups: for
 * every stretch of tokens and each part, A and then B; along x the inputs or outputs, along y the
 * rank. With one stretch the sums are added to the gradient; with more they go to `sums`
 * [stretches, size of all gradients], to be added up in order by `stretchesProgram`.
 */
export function tokenSumsProgram(options: TokenSumsOptions): Program {
  const { dropout, byFour, stretched, height } = options;
  const fours = foursType(byFour);
  const into = stretched ? 'sums' : 'gradient';
  const write = (place: string, count: string, value: string) => {
    const sum = stretched ? value : `intoFour(${place}, ${count}) + ${value}`;
    return writeFour(into, place, count, sum, byFour);
  };
  const flags = [dropout && 'dropout', stretched && 'stretched', byFour && 'x4'].filter(Boolean);
  const kept = ` * keptFour(${rowEntries('t', 'u.inputs')} + j0)`;
  return {
    name: ['lora sums', ...flags, height].join(' '),
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
@compute @workgroup_size(${INVOCATIONS})
fn main(@builtin(global_invocation_id) id: vec3u) {
let i0 = id.y * ${height}u;
let j0 = id.x * 4u;
let ofA = id.z % 2u == 0u;
let part = id.z / 2u % u.parts;
let piece = id.z / 2u / u.parts;
let end = min((piece + 1u) * u.stretch, u.n);
let width = select(sizeOf(part), u.inputs, ofA);
if (j0 >= width) { return; }
${foursOf(height)
  // Rows beyond the rank are summed too, of entries that exist, and not stored.
  .map((i) => `let row${i} = min(i0 + ${i}u, (u.rank - 1u) / 4u * 4u);`)
  .join(' ')}
${range(height)
  .map((i) => `var v${i} = vec4f();`)
  .join(' ')}
for (var t = piece * u.stretch; t < end; t += 1u) {
  let lows = (t * u.parts + part) * u.rank;
  var right: vec4f;
  ${foursOf(height)
    .map((i) => `var left${i}: vec4f;`)
    .join(' ')}
  if (ofA) {
    right = xFour(t * u.inputs + j0, width - j0)${dropout ? kept : ''};
    ${loadLefts(height, 'dLow')}
  } else {
    right = dyFour(t * u.outputs + firstOf(part) + j0, width - j0);
    ${loadLefts(height, 'low')}
  }
  ${range(height)
    .map((i) => `v${i} += left${i - (i % 4)}[${i % 4}] * right;`)
    .join('\n  ')}
}
if (ofA) {
  let first = ${stretched ? 'piece * u.allSize' : 'u.aStart'} + (part * u.rank + i0) * width + j0;
  ${range(height)
    .map((i) => {
      const place = `first + ${i}u * width`;
      return `if (i0 + ${i}u < u.rank) { ${write(place, 'width - j0', `v${i}`)} }`;
    })
    .join('\n  ')}
} else {
  let first = ${stretched ? 'piece * u.allSize + bBefore(part)' : 'bOf(part)'} + j0 * u.rank + i0;
  ${foursOf(height)
    .map((i) => {
      const stores = range(4).map((j) => {
        const column = range(4).map((r) => `v${i + r}[${j}]`);
        const value = `scalingOf(part) * vec4f(${column.join(', ')})`;
        const place = `first + ${j}u * u.rank + ${i}u`;
        return `if (j0 + ${j}u < width) { ${write(place, `u.rank - i0 - ${i}u`, value)} }`;
      });
      return `if (i0 + ${i}u < u.rank) { ${stores.join('\n  ')} }`;
    })
    .join('\n  ')}
}
}`,
  };
}

/** 0, 4, 8, … */
const foursOf = (height: number) => range(height / 4).map((four) => 4 * four);

/** `left<i>`: a token's values in the rank. */
const loadLefts = (height: number, from: string) =>
  foursOf(height)
    .map((i) => `left${i} = ${from}Four(lows + row${i}, u.rank - row${i});`)
    .join(' ');

/** gradient += sums of all stretches, in their order. */
export const loraStretchesProgram: Program = {
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
