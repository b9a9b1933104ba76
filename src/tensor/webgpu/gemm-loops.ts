// The WGSL loops of a product: sums of four columns of every row of an invocation's block.

/**
 * `rows`: y = x W^T, every entry a product of a row of x and a row of W.
 * `columns`: y = x W, sums of rows of W.
 */
export type GemmForm = 'rows' | 'columns';

/**
 * How the work is cut. Every invocation has a block of `height` rows x 4 columns of results.
 * `registers` loads operands straight from storage. `subgroup` does so with subgroups of exactly
 * four invocations that share what they load of x: for adapters that compute on a processor, where
 * loads are dear and barriers dearer. `tiles` moves blocks through workgroup memory: for GPUs.
 * `lanes` divides the sums of one block among a workgroup: for few rows on GPUs.
 */
export interface GemmVariant {
  readonly kind: 'registers' | 'subgroup' | 'tiles' | 'lanes';
  readonly height: number;
  /** Invocations along either side of a workgroup. */
  readonly side: number;
}

/** Results per invocation along a row. */
export const WIDTH = 4;

/** Invocations that share the sums of a block, where they are divided. */
const LANES = 64;

export const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/**
 * Multiplies four steps of k. In `rows`, `right(j)` has the steps of column j; in `columns` it has
 * the four columns of step j. `left(i)` has the steps of row i.
 * @param sum what the results of row i are added to: a vec4f, in `rows` of four f32 `sum(i)_0` …
 */
export function multiplyFour(
  form: GemmForm,
  height: number,
  left: (i: number) => string,
  right: (j: number) => string,
  sum: (i: number) => string,
): string {
  const lines = range(4).map((j) => `let b${j} = ${right(j)};`);
  for (const i of range(height)) {
    lines.push(`{ let a = ${left(i)};`);
    for (const j of range(4)) {
      lines.push(
        form === 'rows' ? `${sum(i)}_${j} += dot(a, b${j});` : `${sum(i)} += a[${j}] * b${j};`,
      );
    }
    lines.push('}');
  }
  return lines.join('\n');
}

const declareSums = (form: GemmForm, height: number) =>
  range(height)
    .map((i) =>
      form === 'rows'
        ? range(4)
            .map((j) => `var s${i}_${j} = 0.0;`)
            .join(' ')
        : `var s${i} = vec4f();`,
    )
    .join('\n');

/** From here on the results of row i are the vec4f `v<i>`. */
const gatherSums = (form: GemmForm, height: number) =>
  range(height)
    .map((i) =>
      form === 'rows'
        ? `var v${i} = vec4f(s${i}_0, s${i}_1, s${i}_2, s${i}_3);`
        : `var v${i} = s${i};`,
    )
    .join('\n');

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

/** What the loops are told besides their form. */
export interface LoopOptions {
  /** Whether there is always a multiple of 4 terms. */
  readonly byFour: boolean;
  /** Statements at the beginning of `main`: they define `terms`, and may read the `layer`. */
  readonly begin?: string;
}

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

const BEYOND = 'if (i0 >= u.n || j0 >= u.m) { return; }';

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

/** Fours of k that lie in workgroup memory at a time. */
const DEPTH = 4;
/** Rows of fours begin so far apart that neighbouring invocations read other memory banks. */
const STRIDE = DEPTH + 1;

/**
 * side x side invocations with 4 x 4 results each move blocks of both sides through workgroup
 * memory. In `rows` neighbouring columns lie `side` slots apart, so that invocations next to each
 * other read slots next to each other.
 */
function tiles(form: GemmForm, { side }: GemmVariant, { begin }: Required<LoopOptions>): string {
  const tile = 4 * side;
  const slots = range((tile * DEPTH) / (side * side)).map((i) => i * side * side);
  const fetchLeft = slots.map(
    (slot) => `{
    let slot = tid + ${slot}u;
    let row = row0 + slot / ${DEPTH}u; let four = k + slot % ${DEPTH}u;
    var value = vec4f();
    if (row < u.n && four < fours) { value = left(row, four); }
    lefts[slot / ${DEPTH}u * ${STRIDE}u + slot % ${DEPTH}u] = value;
  }`,
  );
  const fetchRight = slots.map((slot) =>
    form === 'rows'
      ? `{
    let slot = tid + ${slot}u; let own = slot / ${DEPTH}u;
    let column = column0 + own; let four = k + slot % ${DEPTH}u;
    var value = vec4f();
    if (column < u.m && four < fours) { value = right(column, four); }
    rights[(own % 4u * ${side}u + own / 4u) * ${STRIDE}u + slot % ${DEPTH}u] = value;
  }`
      : `{
    let slot = tid + ${slot}u;
    let step = 4u * k + slot / ${side}u; let column = column0 + 4u * (slot % ${side}u);
    var value = vec4f();
    if (step < terms && column < u.m) { value = right(step, column / 4u); }
    rights[slot] = value;
  }`,
  );
  const right =
    form === 'rows'
      ? (j: number) => `rights[(${j * side}u + local.x) * ${STRIDE}u + f]`
      : (j: number) => `rights[(4u * f + ${j}u) * ${side}u + local.x]`;
  const left = (i: number) => `lefts[(4u * local.y + ${i}u) * ${STRIDE}u + f]`;
  return `
var<workgroup> lefts: array<vec4f, ${tile * STRIDE}>;
var<workgroup> rights: array<vec4f, ${form === 'rows' ? tile * STRIDE : tile * DEPTH}>;
@compute @workgroup_size(${side}, ${side})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
let layer = group.z;
${begin}
let tid = local.y * ${side}u + local.x;
let row0 = group.y * ${tile}u;
let column0 = group.x * ${tile}u;
let i0 = row0 + 4u * local.y;
let j0 = column0 + 4u * local.x;
let fours = (terms + 3u) / 4u;
${declareSums(form, 4)}
for (var k = 0u; k < fours; k += ${DEPTH}u) {
  ${[...fetchLeft, ...fetchRight].join('\n  ')}
  workgroupBarrier();
  for (var f = 0u; f < ${DEPTH}u; f += 1u) {
  ${multiplyFour(form, 4, left, right, (i) => `s${i}`)}
  }
  workgroupBarrier();
}
${BEYOND}
${gatherSums(form, 4)}`;
}
