// Products of a tile of heads with another through workgroup memory: what the tiled programs are made of.
import { each } from './attention-wgsl.ts';

/**
 * A workgroup has a tile of ROWS heads (of queries, or of keys) and goes through the heads on the
 * other side COLUMNS at a time: for GPUs, where loads want to be shared and in order.
 */
export const [ROWS, COLUMNS, WORKGROUP] = [16, 32, 64];
/** Vectors of every head that lie in workgroup memory at a time. */
const DEPTH = 8;
/** An invocation has the products of rows rowGroup * PER_ROW … with columns `column` and column + 16. */
const [PER_ROW, PER_COLUMN] = [4, 2];
const APART = COLUMNS / PER_COLUMN;

export const PRODUCT_DECLARATIONS = `
var<workgroup> rowTile: array<vec4f, ${ROWS * DEPTH}>;
var<workgroup> columnTile: array<vec4f, ${DEPTH * COLUMNS}>;`;

/** Needs `t`, the invocation's number in its workgroup. */
export const PRODUCT_PLACE = `
  let productRow = t / ${APART}u * ${PER_ROW}u;
  let productColumn = t % ${APART}u;`;

/** Every product that the invocation has. */
export function eachProduct(line: (name: string, row: string, column: string) => string): string {
  return each(PER_ROW, (i) =>
    each(PER_COLUMN, (j) =>
      line(`${i}_${j}`, `(productRow + ${i}u)`, `(productColumn + ${j * APART}u)`),
    ),
  );
}

/**
 * Declares and computes `<name>i_j`. Begins and ends with barriers between uses of the tiles.
 * @param row reads vector `j` of the head of row `i`, @param column that of column `i`
 */
export function products(
  name: string,
  fours: number,
  row: (i: string, j: string) => string,
  column: (i: string, j: string) => string,
): string {
  return `
  ${eachProduct((at) => `var ${name}${at} = 0.0;`)}
  for (var depth = 0u; depth < ${fours}u; depth += ${DEPTH}u) {
    workgroupBarrier();
    for (var i = t; i < ${ROWS * DEPTH}u; i += ${WORKGROUP}u) {
      rowTile[i] = ${row(`(i / ${DEPTH}u)`, `(depth + i % ${DEPTH}u)`)};
    }
    for (var i = t; i < ${COLUMNS * DEPTH}u; i += ${WORKGROUP}u) {
      columnTile[i % ${DEPTH}u * ${COLUMNS}u + i / ${DEPTH}u] = ${column(`(i / ${DEPTH}u)`, `(depth + i % ${DEPTH}u)`)};
    }
    workgroupBarrier();
    for (var s = 0u; s < ${DEPTH}u; s++) {
      ${each(PER_COLUMN, (j) => `let c${j} = columnTile[s * ${COLUMNS}u + productColumn + ${j * APART}u];`)}
      ${each(
        PER_ROW,
        (i) => `{
        let r = rowTile[(productRow + ${i}u) * ${DEPTH}u + s];
        ${each(PER_COLUMN, (j) => `${name}${i}_${j} += dot(r, c${j});`)}
      }`,
      )}
    }
  }`;
}

/** How the sums over a tile's columns are divided: an invocation has vector `four` of `perRow` rows. */
export function sumPlace(fours: number): { perRow: number; place: string } {
  let columns = 4;
  while (columns < fours) columns *= 2;
  const perRow = (ROWS * columns) / WORKGROUP;
  return {
    perRow,
    place: `
  let four = t % ${columns}u;
  let sumRow = t / ${columns}u * ${perRow}u;`,
  };
}
