// The loops of a product: from its operands to the sums of an invocation's block.
import { BEYOND, declareSums, gatherSums, multiplyFour, range, WIDTH } from './gemm-block.ts';
import type { GemmForm, GemmVariant, LoopOptions } from './gemm-block.ts';
import { tiles } from './gemm-tiles.ts';

/**
 * The part of `main` up to the sums `v<i>` of rows i0 + i, columns j0 .. j0 + 3 of u.n x u.m, with
 * those invocations left that have results. `left(row, four)` reads four terms of a row of x;
 * `right(row, four)` four columns of a row of the weight: those are terms too in `rows`, results in
 * `columns`. Beyond the last term `left` gives 0.
 */
export function gemmLoops(
  form: GemmForm,
  variant: GemmVariant,
  { byFour, begin = 'let terms = u.k;' }: LoopOptions,
): string {
  const loops = { registers: direct, subgroup: direct, lanes, tiles };
  return loops[variant.kind](form, variant, { byFour, begin });
}

/** The right side's fours for the four terms at `at`. */
function rightAt(form: GemmForm, byFour: boolean): (j: number) => string {
  if (form === 'rows') return (j) => `right(w${j}, at)`;
  return (j) =>
    byFour ? `right(4u * at + ${j}u, column)` : `right(min(4u * at + ${j}u, terms - 1u), column)`;
}

function places(form: GemmForm, height: number): string {
  const rows = range(height).map((i) => `let row${i} = min(i0 + ${i}u, u.n - 1u);`);
  const columns =
    form === 'rows'
      ? range(4).map((j) => `let w${j} = min(j0 + ${j}u, u.m - 1u);`)
      : ['let column = min(j0, u.m - 1u) / 4u;'];
  return [...rows, ...columns, 'let fours = (terms + 3u) / 4u;'].join('\n');
}

/** Every invocation loads what it needs, four steps of k at a time; `subgroup` shares the left side. */
function direct(
  form: GemmForm,
  { kind, height, side }: GemmVariant,
  { byFour, begin }: Required<LoopOptions>,
): string {
  const shared = kind === 'subgroup';
  const right = rightAt(form, byFour);
  const sum = (i: number) => `s${i}`;
  const loop = shared
    ? `
for (var k = 0u; k < fours; k += 4u) {
  let own = min(k + lane, fours - 1u);
  let there = k + lane < fours;
  ${range(height)
    .map((i) => `let part${i} = select(vec4f(), left(row${i}, own), there);`)
    .join('\n  ')}
  ${range(4)
    .map((q) => {
      const left = (i: number) => `subgroupBroadcast(part${i}, ${q}u)`;
      const at = `let at = min(k + ${q}u, fours - 1u);`;
      return `{ ${at} ${multiplyFour(form, height, left, right, sum)} }`;
    })
    .join('\n  ')}
}
${BEYOND}`
    : `
for (var at = 0u; at < fours; at += 1u) {
  ${multiplyFour(form, height, (i) => `left(row${i}, at)`, right, sum)}
}`;
  return `
@compute @workgroup_size(${side}, ${side})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(global_invocation_id) id: vec3u${shared ? ', @builtin(subgroup_invocation_id) lane: u32' : ''}) {
let layer = group.z;
${begin}
let i0 = id.y * ${height}u;
let j0 = id.x * ${WIDTH}u;
${/* A subgroup must stay whole. */ shared ? '' : BEYOND}
${places(form, height)}
${declareSums(form, height)}
${loop}
${gatherSums(form, height)}`;
}

/** A workgroup has one block: each invocation sums every 64th four of k. */
function lanes(
  form: GemmForm,
  { height }: GemmVariant,
  { byFour, begin }: Required<LoopOptions>,
): string {
  const { declarations, code } = sumLanes(height);
  return `
${declarations}
@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
let layer = group.z;
${begin}
let i0 = group.y * ${height}u;
let j0 = group.x * ${WIDTH}u;
${places(form, height)}
${declareSums(form, height)}
for (var at = lane; at < fours; at += ${LANES}u) {
  ${multiplyFour(
    form,
    height,
    (i) => `left(row${i}, at)`,
    rightAt(form, byFour),
    (i) => `s${i}`,
  )}
}
${gatherSums(form, height)}
${code}
if (lane > 0u) { return; }`;
}

/** Invocations that share the sums of a block, where they are divided. */
const LANES = 64;

/** The sums of all lanes, added pairwise in a fixed order, in `v<i>`; needs `lane`. */
function sumLanes(height: number): { declarations: string; code: string } {
  const each = (line: (i: number) => string) => range(height).map(line).join(' ');
  return {
    declarations: `var<workgroup> partial: array<vec4f, ${LANES * height}>;`,
    code: `
${each((i) => `partial[${i * LANES}u + lane] = v${i};`)}
workgroupBarrier();
for (var half = ${LANES / 2}u; half > 0u; half /= 2u) {
  if (lane < half) {
    ${each((i) => `partial[${i * LANES}u + lane] += partial[${i * LANES}u + lane + half];`)}
  }
  workgroupBarrier();
}
${each((i) => `v${i} = partial[${i * LANES}u];`)}`,
  };
}
