// WGSL of the LoRA branch: its parts, its dropout, and what it adds to products.
import type { GemmBranch } from '../../webgpu/gemm.ts';
import { multiplyFour, range } from '../../webgpu/gemm-block.ts';
import { aligned, fourReader, foursType } from '../../webgpu/matrix-loads.ts';
import { dropThreshold, keptScale } from './lora-branch.ts';
import type { DropoutKey, LoraBranch } from './lora-branch.ts';

/** More projections than q, k and v never share a matrix. */
const MOST_PARTS = 3;

export const PART_UNIFORMS = {
  parts: 'u32',
  rank: 'u32',
  ...Object.fromEntries(
    range(MOST_PARTS).flatMap((i): [string, 'u32' | 'f32'][] => [
      [`first${i}`, 'u32'],
      [`size${i}`, 'u32'],
      [`b${i}`, 'u32'],
      [`scaling${i}`, 'f32'],
    ]),
  ),
} as const;

/** `firstOf`, `sizeOf`, `bOf` and `scalingOf` a part. */
export const PART_FUNCTIONS = Object.entries({
  first: 'u32',
  size: 'u32',
  b: 'u32',
  scaling: 'f32',
})
  .map(
    ([field, type]) =>
      `fn ${field}Of(part: u32) -> ${type} { return select(select(u.${field}2, u.${field}1, part == 1u), u.${field}0, part == 0u); }`,
  )
  .join('\n');

/** @throws Error if there are more parts than the programs have room for */
export function partValues({ parts, rank }: LoraBranch): Record<string, number> {
  if (parts.length > MOST_PARTS)
    throw new Error(`at most ${MOST_PARTS} parts, not ${parts.length}`);
  const values: Record<string, number> = { parts: parts.length, rank };
  for (const i of range(MOST_PARTS)) {
    const { first = 0, size = 0, bStart = 0, scaling = 0 } = parts[i] ?? {};
    Object.assign(values, {
      [`first${i}`]: first,
      [`size${i}`]: size,
      [`b${i}`]: bStart,
      [`scaling${i}`]: scaling,
    });
  }
  return values;
}

/** Whether all that the branch's programs read and write begins at multiples of 4 entries. */
export const branchByFour = (
  { rank, aStart, parts }: LoraBranch,
  inputs: number,
  outputs: number,
): boolean =>
  aligned(
    ...[rank, aStart, inputs, outputs],
    ...parts.flatMap(({ first, size, bStart }) => [first, size, bStart]),
  );

export const DROPOUT_UNIFORMS = {
  dropSeed: 'u32',
  dropBelow: 'u32',
  dropScale: 'f32',
  dropFirst: 'u32',
  dropRows: 'u32',
} as const;

/** Place of the first entry of a part's row, as `firstEntry` counts. */
export const rowEntries = (row: string, columns: string) =>
  `(part * u.dropRows + u.dropFirst + ${row}) * ${columns}`;

/** The hash of `dropoutBits`, for four entries in a row. */
export const DROPOUT_FUNCTION = `
fn keptFour(first: u32) -> vec4f {
  var h = vec4u(u.dropSeed) ^ ((vec4u(first) + vec4u(0u, 1u, 2u, 3u)) * 0x9e3779b9u);
  h = (h ^ (h >> vec4u(16u))) * 0x85ebca6bu;
  h = (h ^ (h >> vec4u(13u))) * 0xc2b2ae35u;
  h = (h ^ (h >> vec4u(16u))) >> vec4u(8u);
  return select(vec4f(u.dropScale), vec4f(), h < vec4u(u.dropBelow));
}`;

/** @param n rows of the branch's input */
export function dropoutValues(
  n: number,
  { rate, seed, within = { first: 0, rows: n } }: DropoutKey,
): Record<string, number> {
  return {
    ...{ dropSeed: seed, dropBelow: dropThreshold(rate), dropScale: keptScale(rate) },
    ...{ dropFirst: within.first, dropRows: within.rows },
  };
}

/** y += scaling * low B^T, every part in its columns. */
export function forwardBranch(byFour: boolean): GemmBranch {
  const fours = foursType(byFour);
  // Where columns come by fours, a block that meets a part lies in it.
  const place = (j: number) =>
    byFour ? `j0 + ${j}u - first` : `select(0u, j0 + ${j}u - first, there${j})`;
  const read = (j: number) => `bFour(bOf(part) + (${place(j)}) * u.rank + r, u.rank - r)`;
  return {
    name: `lora${byFour ? ' x4' : ''}`,
    reads: { low: fours, parameters: fours },
    uniforms: PART_UNIFORMS,
    functions: `${PART_FUNCTIONS}
${fourReader('lowFour', 'low', byFour)}
${fourReader('bFour', 'parameters', byFour)}`,
    statements: (height) => `
for (var part = 0u; part < u.parts; part += 1u) {
  let first = firstOf(part);
  let end = first + sizeOf(part);
  let scaling = scalingOf(part);
  if (j0 + 4u <= first || j0 >= end) { continue; }
  ${
    byFour
      ? ''
      : range(4)
          .map((j) => `let there${j} = j0 + ${j}u >= first && j0 + ${j}u < end;`)
          .join(' ')
  }
  for (var r = 0u; r < u.rank; r += 4u) {
    ${range(4)
      .map((j) =>
        byFour
          ? `let b${j} = scaling * ${read(j)};`
          : `let b${j} = select(0.0, scaling, there${j}) * ${read(j)};`,
      )
      .join('\n    ')}
    ${range(height)
      .map((i) => {
        const at = `(min(i0 + ${i}u, u.n - 1u) * u.parts + part) * u.rank + r`;
        return `{ let a = lowFour(${at}, u.rank - r); v${i} += vec4f(dot(a, b0), dot(a, b1), dot(a, b2), dot(a, b3)); }`;
      })
      .join('\n    ')}
  }
}`,
  };
}

/** dx += dropout'(dLow A), part by part. */
export function backwardBranch(dropout: boolean, byFour: boolean): GemmBranch {
  const fours = foursType(byFour);
  const a = (q: number) =>
    `aFour(u.aStart + (part * u.rank + min(r + ${q}u, u.rank - 1u)) * u.m + j0, u.m - j0)`;
  const dLow = (i: number) =>
    `dLowFour((min(i0 + ${i}u, u.n - 1u) * u.parts + part) * u.rank + r, u.rank - r)`;
  return {
    name: `dlora${dropout ? ' dropout' : ''}${byFour ? ' x4' : ''}`,
    reads: { dLow: fours, parameters: fours },
    uniforms: {
      parts: 'u32',
      rank: 'u32',
      aStart: 'u32',
      ...(dropout && DROPOUT_UNIFORMS),
    },
    functions: `${dropout ? DROPOUT_FUNCTION : ''}
${fourReader('dLowFour', 'dLow', byFour)}
${fourReader('aFour', 'parameters', byFour)}`,
    statements: (height) => {
      const rows = range(height);
      const sum = (i: number) => (dropout ? `own${i}` : `v${i}`);
      const kept = (i: number) => `keptFour(${rowEntries(`i0 + ${i}u`, 'u.m')} + j0)`;
      return `
for (var part = 0u; part < u.parts; part += 1u) {
  ${dropout ? rows.map((i) => `var own${i} = vec4f();`).join(' ') : ''}
  for (var r = 0u; r < u.rank; r += 4u) {
    ${multiplyFour('columns', height, dLow, a, sum)}
  }
  ${dropout ? rows.map((i) => `v${i} += ${kept(i)} * own${i};`).join('\n  ') : ''}
}`;
    },
  };
}
