// The LoRA branch inside the products: what it adds to y, and to the gradient of x.
import type { GemmBranch } from '../../webgpu/gemm.ts';
import { dropThreshold, keptScale } from './lora-branch.ts';
import type { DropoutKey, LoraBranch } from './lora-branch.ts';

/** More projections than q, k and v never share a matrix. */
export const MOST_PARTS = 3;

const PART_UNIFORMS = {
  parts: 'u32',
  rank: 'u32',
  scaling: 'f32',
  ...Object.fromEntries(
    Array.from({ length: MOST_PARTS }, (_, i) => [
      [`first${i}`, 'u32'],
      [`size${i}`, 'u32'],
      [`b${i}`, 'u32'],
    ]).flat() as [string, 'u32'][],
  ),
} as const;

/** `u.first`, `u.size` and `u.b` of a part. */
export const PART_FUNCTIONS = ['first', 'size', 'b']
  .map(
    (field) =>
      `fn ${field}Of(part: u32) -> u32 { return select(select(u.${field}2, u.${field}1, part == 1u), u.${field}0, part == 0u); }`,
  )
  .join('\n');

export { PART_UNIFORMS };

export function partValues({ parts, rank, scaling }: LoraBranch): Record<string, number> {
  const values: Record<string, number> = { parts: parts.length, rank, scaling };
  for (let i = 0; i < MOST_PARTS; i++) {
    const { first, size, bStart } = parts[i] ?? { first: 0, size: 0, bStart: 0 };
    Object.assign(values, { [`first${i}`]: first, [`size${i}`]: size, [`b${i}`]: bStart });
  }
  return values;
}

export const DROPOUT_UNIFORMS = { dropSeed: 'u32', dropBelow: 'u32', dropScale: 'f32' } as const;

/** The hash of `dropoutBits`. */
export const DROPOUT_FUNCTION = `
fn kept(index: u32) -> f32 {
  var h = u.dropSeed ^ (index * 0x9e3779b9u);
  h = (h ^ (h >> 16u)) * 0x85ebca6bu;
  h = (h ^ (h >> 13u)) * 0xc2b2ae35u;
  h = (h ^ (h >> 16u)) >> 8u;
  return select(u.dropScale, 0.0, h < u.dropBelow);
}`;

export function dropoutValues({ rate, seed }: DropoutKey): Record<string, number> {
  return { dropSeed: seed, dropBelow: dropThreshold(rate), dropScale: keptScale(rate) };
}

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/**
 * y += scaling * low B^T, every part in its columns. Invocations whose columns are all of one part
 * share what they load.
 * @param mixed whether an invocation may have columns of several parts: more code to compile
 */
export function forwardBranch(mixed: boolean): GemmBranch {
  return {
    name: mixed ? 'lora-mixed' : 'lora',
    reads: { low: 'array<f32>', parameters: 'array<f32>' },
    uniforms: PART_UNIFORMS,
    functions: `${PART_FUNCTIONS}
fn partAt(column: u32) -> u32 {
  for (var part = 0u; part < u.parts; part += 1u) {
    if (column >= firstOf(part) && column - firstOf(part) < sizeOf(part)) { return part; }
  }
  return u.parts;
}`,
    statements: (height, width, sum) => {
      const b = (j: number) =>
        `u.scaling * parameters[bOf(part) + (min(j0 + ${j}u, u.m - 1u) - firstOf(part)) * u.rank + r]`;
      const low = (i: number) =>
        `low[min(i0 + ${i}u, u.n - 1u) * u.parts * u.rank + part * u.rank + r]`;
      const add = (i: number, j: number) => `${sum(i, j)} += low${i} * b${j};`;
      const together = [
        '    if (part < u.parts) { for (var r = 0u; r < u.rank; r += 1u) {',
        ...range(width).map((j) => `      let b${j} = ${b(j)};`),
        ...range(height).map((i) => {
          const sums = range(width).map((j) => add(i, j));
          return `      let low${i} = ${low(i)}; ${sums.join(' ')}`;
        }),
        '    } }',
      ];
      if (!mixed) return ['  { let part = partAt(j0);', ...together, '  }'].join('\n');
      return [
        '  { let part = partAt(j0);',
        `  if (part == partAt(min(j0 + ${width - 1}u, u.m - 1u))) {`,
        ...together,
        '  } else {',
        ...range(width).flatMap((j) => [
          `    { let part = partAt(min(j0 + ${j}u, u.m - 1u)); if (part < u.parts) { for (var r = 0u; r < u.rank; r += 1u) {`,
          `      let b${j} = ${b(j)};`,
          ...range(height).map((i) => `      { let low${i} = ${low(i)}; ${add(i, j)} }`),
          '    } } }',
        ]),
        '  } }',
      ].join('\n');
    },
  };
}

/** dx += dropout'(dLow A), part by part. */
export function backwardBranch(dropout: boolean): GemmBranch {
  return {
    name: dropout ? 'dlora-dropout' : 'dlora',
    reads: { dLow: 'array<f32>', parameters: 'array<f32>' },
    uniforms: {
      parts: 'u32',
      rank: 'u32',
      aStart: 'u32',
      ...(dropout && DROPOUT_UNIFORMS),
    },
    functions: `${dropout ? DROPOUT_FUNCTION : ''}
fn aAt(row: u32, column: u32) -> f32 {
  if (column >= u.m) { return 0.0; }
  return parameters[u.aStart + row * u.m + column];
}`,
    statements: (height, width, sum) => {
      const lines = ['  for (var part = 0u; part < u.parts; part += 1u) {'];
      const own = (i: number, four: number) => (dropout ? `own${i}_${four}` : sum(i, 4 * four));
      if (dropout) {
        for (const i of range(height)) {
          lines.push(...range(width / 4).map((j) => `    var own${i}_${j} = vec4f();`));
        }
      }
      lines.push(
        '    for (var r = 0u; r < u.rank; r += 1u) {',
        '      let row = part * u.rank + r;',
      );
      for (const j of range(width / 4)) {
        const at = (q: number) => `aAt(row, j0 + ${4 * j + q}u)`;
        lines.push(`      let a${j} = vec4f(${range(4).map(at).join(', ')});`);
      }
      for (const i of range(height)) {
        lines.push(
          `      let d${i} = dLow[min(i0 + ${i}u, u.n - 1u) * u.parts * u.rank + row];`,
          ...range(width / 4).map((j) => `      ${own(i, j)} += d${i} * a${j};`),
        );
      }
      lines.push('    }');
      if (dropout) {
        for (const i of range(height)) {
          lines.push(`    let at${i} = (part * u.n + i0 + ${i}u) * u.m + j0;`);
          for (const j of range(width / 4)) {
            const kept = range(4).map((q) => `kept(at${i} + ${4 * j + q}u)`);
            lines.push(`    ${sum(i, 4 * j)} += vec4f(${kept.join(', ')}) * own${i}_${j};`);
          }
        }
      }
      lines.push('  }');
      return lines.join('\n');
    },
  };
}
