// Attention's forward program by tiles of queries, for GPUs: an online softmax over chunks of keys.
import type { Program } from '../../webgpu/gpu.ts';
import type { AttentionShape } from './attention-shape.ts';
import {
  COLUMNS,
  eachProduct,
  PRODUCT_DECLARATIONS,
  PRODUCT_PLACE,
  products,
  ROWS,
  sumPlace,
  WORKGROUP,
} from './tile-products-wgsl.ts';
import { tileProgram, tileRows } from './tile-walk-wgsl.ts';
import {
  each,
  headStorage,
  HIDDEN,
  LOWEST,
  softCapFunctions,
  UNIFORMS,
  attentionVariant,
} from './attention-wgsl.ts';

/** Invocations that share the sum of one row's weights, each over some of the columns. */
const PARTS = WORKGROUP / ROWS;

export function tileForward(shape: AttentionShape, sinks: boolean): Program {
  const { heads, kvHeads, headDim, softCap } = shape;
  const fours = Math.ceil(headDim / 4);
  const { type, read, write } = headStorage(headDim, Infinity);
  const { perRow, place } = sumPlace(fours);
  const ofParts = (combine: (x: string, y: string) => string) =>
    Array.from({ length: PARTS }, (_, i) => `partials[statRow * ${PARTS}u + ${i}u]`).reduce(
      combine,
    );
  const declarations = `
${read('q')} ${read('kv')} ${write('y')}
${softCapFunctions(softCap)}
${PRODUCT_DECLARATIONS}
var<workgroup> weights: array<f32, ${ROWS * COLUMNS}>;
var<workgroup> partials: array<f32, ${WORKGROUP}>;
var<workgroup> factors: array<f32, ${ROWS}>;`;
  const begin = `
  ${PRODUCT_PLACE}
  ${place}
  let statRow = t / ${PARTS}u;
  let statColumn = t % ${PARTS}u * ${COLUMNS / PARTS}u;
  var top = ${sinks ? `sinks[rowHead(statRow) % ${heads}u]` : LOWEST};
  var sum = ${sinks ? '1.0' : '0.0'};
  ${each(perRow, (i) => `var y${i} = vec4f();`)}`;
  const chunk = `
    ${products(
      'product',
      fours,
      (i, j) => `qFour(rowHead(${i}), ${j})`,
      (i, j) => `kvFour(keyHead(${i}), ${j})`,
    )}
    ${eachProduct(
      (at, row, column) =>
        `weights[${row} * ${COLUMNS}u + ${column}] = select(${HIDDEN}, capped(u.scale * product${at}), sees(${row}, ${column}));`,
    )}
    workgroupBarrier();
    let stat = statRow * ${COLUMNS}u + statColumn;
    var highest = top;
    for (var i = 0u; i < ${COLUMNS / PARTS}u; i++) { highest = max(highest, weights[stat + i]); }
    partials[t] = highest;
    workgroupBarrier();
    highest = ${ofParts((x, y) => `max(${x}, ${y})`)};
    let keep = exp(top - highest);
    top = highest;
    if (t % ${PARTS}u == 0u) { factors[statRow] = keep; }
    var part = 0.0;
    for (var i = 0u; i < ${COLUMNS / PARTS}u; i++) {
      let weight = exp(weights[stat + i] - top);
      weights[stat + i] = weight;
      part += weight;
    }
    workgroupBarrier();
    partials[t] = part;
    workgroupBarrier();
    sum = sum * keep + ${ofParts((x, y) => `${x} + ${y}`)};
    ${each(perRow, (i) => `y${i} *= factors[sumRow + ${i}u];`)}
    for (var i = 0u; i < filled; i++) {
      let v = kvFour(keyHead(i) + ${kvHeads}u, four);
      ${each(perRow, (i) => `y${i} += weights[(sumRow + ${i}u) * ${COLUMNS}u + i] * v;`)}
    }`;
  const end = `
  if (t % ${PARTS}u == 0u) {
    factors[statRow] = sum;
    if (rowCounts(statRow)) { logSum[rowHead(statRow)] = top + log(sum); }
  }
  workgroupBarrier();
  ${each(perRow, (i) => `if (rowCounts(sumRow + ${i}u)) { puty(rowHead(sumRow + ${i}u), four, y${i} / factors[sumRow + ${i}u]); }`)}`;
  return {
    name: `attention tile ${attentionVariant(shape)} ${sinks}`,
    reads: {
      ...{ q: type, kv: type, parents: 'array<i32>', chain: 'array<i32>' },
      ...(sinks && { sinks: 'array<f32>' }),
    },
    writes: { y: type, logSum: 'array<f32>' },
    uniforms: UNIFORMS,
    get code() {
      return tileProgram(shape, tileRows(shape), { declarations, begin, chunk, end });
    },
  };
}
