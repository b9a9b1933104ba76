// Products of an f32 matrix with a weight in any format: the WGSL of its variants.
import type { Matrix } from '../matrix.ts';
import type { Program } from './gpu.ts';
import { aligned, rowReader, weightReader } from './matrix-loads.ts';

/**
 * `rows`: y = x W^T, every entry a product of a row of x and a row of W.
 * `columns`: y = x W, sums of rows of W.
 */
export type GemmForm = 'rows' | 'columns';

/**
 * How the work is cut. Each invocation has a block of `height` x `width` results in registers.
 * `registers` loads operands straight from storage. `subgroup` does so with subgroups of exactly
 * four invocations that share what they load of x: for adapters that compute on a processor, where
 * loads are dear and barriers dearer. `tiles` moves blocks through workgroup memory: for GPUs.
 */
export interface GemmVariant {
  readonly kind: 'registers' | 'subgroup' | 'tiles';
  readonly height: number;
  /** A multiple of 4. */
  readonly width: number;
}

/** What is done besides the product. */
export interface GemmEpilogue {
  readonly bias?: boolean;
  /** Adds the matrix `added` [n, m]. */
  readonly added?: boolean;
  /** Adds to what the output holds. */
  readonly accumulate?: boolean;
  /** Adds a LoRA branch; the code that does it depends on the form. */
  readonly lora?: GemmBranch;
}

/** WGSL of a branch. It reads `i0`, `j0` (first row and column of the block) and changes the sums. */
export interface GemmBranch {
  readonly name: string;
  readonly reads: Readonly<Record<string, string>>;
  readonly uniforms: Program['uniforms'];
  readonly functions: string;
  /** @param sum the register of a row and, in `columns`, of four columns of the block */
  statements(height: number, width: number, sum: (row: number, column: number) => string): string;
}

/** Workgroups cover this many rows and columns of the result. */
export function gemmTile({ kind, height, width }: GemmVariant): { rows: number; columns: number } {
  return kind === 'tiles'
    ? { rows: TILE, columns: TILE }
    : { rows: height * SIDE, columns: width * SIDE };
}

/** Invocations along either side of a workgroup of `registers` and `subgroup`. */
const SIDE = 4;
/** Side of a workgroup's block of results in `tiles`, by 16 x 16 invocations with 4 x 4 each. */
const TILE = 64;
/** Depth of what lies in workgroup memory at a time. */
const DEPTH = 16;

/**
 * Uniforms: n rows of x, k columns of x, m columns of y; wFirst: the first row of W that is used
 * (a part of a vocabulary); wColumns of the whole W.
 */
export function gemmProgram(
  form: GemmForm,
  weight: Pick<Matrix, 'format' | 'columns'>,
  k: number,
  variant: GemmVariant,
  { bias = false, added = false, accumulate = false, lora }: GemmEpilogue = {},
): Program {
  const w = weightReader(weight);
  const byFour = aligned(k);
  const flags = [bias && 'bias', added && 'added', accumulate && 'onto', lora?.name];
  const name = ['gemm', form, w.name, byFour ? 'x4' : 'x1', ...flags.filter(Boolean)];
  const { kind, height, width } = variant;
  const body = { registers: registersCode, subgroup: registersCode, tiles: tilesCode }[kind];
  const block = kind === 'tiles' ? { kind, height: 4, width: 4 } : variant;
  const store = storeCode(form, block, { bias, added, accumulate });
  return {
    name: `${name.join('-')} ${kind} ${height}x${width}`,
    reads: {
      x: byFour ? 'array<vec4f>' : 'array<f32>',
      ...w.reads,
      ...(bias && { bias: 'array<f32>' }),
      ...(added && { added: 'array<f32>' }),
      ...lora?.reads,
    },
    writes: { y: 'array<f32>' },
    uniforms: {
      ...{ n: 'u32', k: 'u32', m: 'u32', wFirst: 'u32', wColumns: 'u32' },
      ...lora?.uniforms,
    },
    ...(kind === 'subgroup' && { enable: ['subgroups'] }),
    code: [
      w.code,
      rowReader('left', 'x', 'u.k', byFour),
      lora?.functions ?? '',
      body(form, block, [lora?.statements(block.height, block.width, sumOf(form)) ?? '', store]),
    ].join('\n'),
  };
}

/** The register that sums a result, or in `columns` four of them side by side. */
const sumOf = (form: GemmForm) => (row: number, column: number) =>
  form === 'rows' ? `s${row}_${column}` : `s${row}_${column >> 2}`;

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

function declareSums(form: GemmForm, { height, width }: GemmVariant): string {
  return range(height)
    .flatMap((i) =>
      form === 'rows'
        ? range(width).map((j) => `var s${i}_${j} = 0.0;`)
        : range(width / 4).map((j) => `var s${i}_${j} = vec4f();`),
    )
    .join(' ');
}

/** Every invocation loads what it needs, four steps of k at a time; `subgroup` shares the left side. */
function registersCode(form: GemmForm, variant: GemmVariant, after: readonly string[]): string {
  const { kind, height, width } = variant;
  const shared = kind === 'subgroup';
  const steps = shared ? 4 : 1;
  const lines = [
    `@compute @workgroup_size(${SIDE}, ${SIDE})`,
    `fn main(@builtin(global_invocation_id) id: vec3u${shared ? ', @builtin(subgroup_invocation_id) lane: u32' : ''}) {`,
    `  let i0 = id.y * ${height}u;`,
    `  let j0 = id.x * ${width}u;`,
    // All invocations of a workgroup stay, so that a subgroup is whole.
    shared ? '' : '  if (i0 >= u.n || j0 >= u.m) { return; }',
    `  let fours = (u.k + 3u) / 4u;`,
    ...range(height).map((i) => `  let row${i} = min(i0 + ${i}u, u.n - 1u);`),
    ...(form === 'rows'
      ? range(width).map((j) => `  let w${j} = u.wFirst + min(j0 + ${j}u, u.m - 1u);`)
      : range(width / 4).map((j) => `  let c${j} = min(j0 / 4u + ${j}u, (u.m - 1u) / 4u);`)),
    `  ${declareSums(form, variant)}`,
    `  for (var k = 0u; k < fours; k += ${steps}u) {`,
  ];
  if (shared) {
    lines.push('    let own = k + lane;', '    let there = own < fours;');
    for (const i of range(height)) {
      lines.push(`    let part${i} = select(vec4f(), left(row${i}, min(own, fours - 1u)), there);`);
    }
  }
  for (const q of range(steps)) {
    const at = shared ? `min(k + ${q}u, fours - 1u)` : 'k';
    lines.push('    {', `      let at = ${at};`);
    const left = (i: number) =>
      shared ? `subgroupBroadcast(part${i}, ${q}u)` : `left(row${i}, at)`;
    if (form === 'rows') {
      lines.push(...range(width).map((j) => `      let b${j} = weight(w${j}, at);`));
      for (const i of range(height)) {
        lines.push(`      let a${i} = ${left(i)};`);
        lines.push(...range(width).map((j) => `      s${i}_${j} += dot(a${i}, b${j});`));
      }
    } else {
      lines.push(...range(height).map((i) => `      let a${i} = ${left(i)};`));
      for (const step of range(4)) {
        // Beyond the last step the left side is 0.
        lines.push(`      let r${step} = u.wFirst + min(4u * at + ${step}u, u.k - 1u);`);
        for (const j of range(width / 4)) {
          lines.push(`      let b${step}_${j} = weight(r${step}, c${j});`);
          lines.push(
            ...range(height).map((i) => `      s${i}_${j} += a${i}[${step}] * b${step}_${j};`),
          );
        }
      }
    }
    lines.push('    }');
  }
  lines.push('  }');
  if (shared) lines.push('  if (i0 >= u.n || j0 >= u.m) { return; }');
  return [...lines, ...after, '}'].join('\n');
}

/** 16 x 16 invocations move blocks of both sides through workgroup memory. */
function tilesCode(form: GemmForm, variant: GemmVariant, after: readonly string[]): string {
  const quarter = DEPTH / 4;
  // Each invocation fetches one vec4 of either side.
  const fetchRight =
    form === 'rows'
      ? [
          `    let wRow = tid / ${quarter}u; let wFour = k / 4u + tid % ${quarter}u;`,
          `    var right = vec4f();`,
          `    if (column0 + wRow < u.m && wFour < fours) { right = weight(u.wFirst + column0 + wRow, wFour); }`,
          ...range(4).map(
            (q) =>
              `    rights[(4u * (tid % ${quarter}u) + ${q}u) * ${TILE}u + wRow] = right[${q}];`,
          ),
        ]
      : [
          `    let wRow = k + tid / ${TILE / 4}u; let wFour = tid % ${TILE / 4}u;`,
          `    var right = vec4f();`,
          `    if (wRow < u.k && column0 + 4u * wFour < u.m) { right = weight(u.wFirst + wRow, column0 / 4u + wFour); }`,
          ...range(4).map(
            (q) =>
              `    rights[(tid / ${TILE / 4}u) * ${TILE}u + 4u * wFour + ${q}u] = right[${q}];`,
          ),
        ];
  return [
    `var<workgroup> lefts: array<f32, ${DEPTH * TILE}>;`,
    `var<workgroup> rights: array<f32, ${DEPTH * TILE}>;`,
    '@compute @workgroup_size(16, 16)',
    'fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {',
    `  let tid = local.y * 16u + local.x;`,
    `  let row0 = group.y * ${TILE}u; let column0 = group.x * ${TILE}u;`,
    `  let i0 = row0 + 4u * local.y; let j0 = column0 + 4u * local.x;`,
    `  let fours = (u.k + 3u) / 4u;`,
    `  ${declareSums(form, variant)}`,
    `  for (var k = 0u; k < u.k; k += ${DEPTH}u) {`,
    `    let xRow = tid / ${quarter}u; let xFour = k / 4u + tid % ${quarter}u;`,
    `    var fetched = vec4f();`,
    `    if (row0 + xRow < u.n && xFour < fours) { fetched = left(row0 + xRow, xFour); }`,
    ...range(4).map(
      (q) => `    lefts[(4u * (tid % ${quarter}u) + ${q}u) * ${TILE}u + xRow] = fetched[${q}];`,
    ),
    ...fetchRight,
    '    workgroupBarrier();',
    `    for (var d = 0u; d < ${DEPTH}u; d += 1u) {`,
    ...range(4).map((i) => `      let a${i} = lefts[d * ${TILE}u + 4u * local.y + ${i}u];`),
    ...range(4).map((j) => `      let b${j} = rights[d * ${TILE}u + 4u * local.x + ${j}u];`),
    ...range(4).flatMap((i) =>
      form === 'rows'
        ? range(4).map((j) => `      s${i}_${j} += a${i} * b${j};`)
        : [`      s${i}_0 += a${i} * vec4f(b0, b1, b2, b3);`],
    ),
    '    }',
    '    workgroupBarrier();',
    '  }',
    '  if (i0 >= u.n || j0 >= u.m) { return; }',
    ...after,
    '}',
  ].join('\n');
}

function storeCode(
  form: GemmForm,
  { height, width }: GemmVariant,
  { bias, added, accumulate }: GemmEpilogue,
): string {
  const value = (i: number, j: number) =>
    form === 'rows' ? `s${i}_${j}` : `s${i}_${j >> 2}[${j & 3}]`;
  return range(height)
    .flatMap((i) => [
      `  if (i0 + ${i}u < u.n) {`,
      `    let to = (i0 + ${i}u) * u.m + j0;`,
      ...range(width).map((j) => {
        const terms = [
          value(i, j),
          ...(bias ? [`bias[j0 + ${j}u]`] : []),
          ...(added ? [`added[to + ${j}u]`] : []),
          ...(accumulate ? [`y[to + ${j}u]`] : []),
        ];
        return `    if (j0 + ${j}u < u.m) { y[to + ${j}u] = ${terms.join(' + ')}; }`;
      }),
      '  }',
    ])
    .join('\n');
}
