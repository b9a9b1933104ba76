// The loops of a product on GPUs: blocks of both sides move through workgroup memory.
import { BEYOND, declareSums, gatherSums, multiplyFour, range } from './gemm-block.ts';
import type { GemmForm, GemmVariant, LoopOptions } from './gemm-block.ts';

/** Fours of k that lie in workgroup memory at a time. */
const DEPTH = 4;
/** Rows of fours begin so far apart that neighbouring invocations read other memory banks. */
const STRIDE = DEPTH + 1;

/**
 * side x side invocations with 4 x 4 results each move blocks of both sides through workgroup
 * memory. In `rows` neighbouring columns lie `side` slots apart, so that invocations next to each
 * other read slots next to each other.
 */
export function tiles(
  form: GemmForm,
  { side }: GemmVariant,
  { begin }: Required<LoopOptions>,
): string {
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
