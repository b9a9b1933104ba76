// WGSL that reads matrices: activations in f32, weights in every stored format.
import type { Matrix } from '../matrix.ts';
import type * as tf from '../tf.ts';

/** How a program reads a weight: what it is bound to, and `fn weight(row, four) -> vec4f`. */
export interface WeightReader {
  /** For program names. */
  readonly name: string;
  readonly reads: Readonly<Record<string, string>>;
  /** Columns 4 four .. 4 four + 3 of a row; 0 beyond the last. Expects a uniform `wColumns`. */
  readonly code: string;
}

/** Whether rows of f32 begin at multiples of 4 entries. */
export const aligned = (columns: number) => columns % 4 === 0;

/** The tensors to bind for a weight. */
export function weightTensors(weight: Matrix): Record<string, tf.TensorInfo> {
  const { values } = weight;
  return weight.format === 'int8' ? { w: values, wScales: weight.scales } : { w: values };
}

export function weightReader({
  format,
  columns,
}: Pick<Matrix, 'format' | 'columns'>): WeightReader {
  const four = aligned(columns);
  switch (format) {
    case 'f32':
      return four ? F32_BY_FOUR : F32;
    case 'bf16':
      return four ? BF16_BY_FOUR : BF16;
    case 'int8':
      return INT8;
  }
}

const F32_BY_FOUR: WeightReader = {
  name: 'f32x4',
  reads: { w: 'array<vec4f>' },
  code: `fn weight(row: u32, four: u32) -> vec4f { return w[row * (u.wColumns / 4u) + four]; }`,
};

const F32: WeightReader = {
  name: 'f32',
  reads: { w: 'array<f32>' },
  code: `
fn entry(first: u32, column: u32) -> f32 {
  if (column >= u.wColumns) { return 0.0; }
  return w[first + column];
}
fn weight(row: u32, four: u32) -> vec4f {
  let first = row * u.wColumns;
  let column = 4u * four;
  return vec4f(entry(first, column), entry(first, column + 1u),
    entry(first, column + 2u), entry(first, column + 3u));
}`,
};

const BF16_BY_FOUR: WeightReader = {
  name: 'bf16x4',
  reads: { w: 'array<vec2u>' },
  code: `
fn weight(row: u32, four: u32) -> vec4f {
  let words = w[row * (u.wColumns / 4u) + four];
  return bitcast<vec4f>(vec4u(words.x << 16u, words.x & 0xffff0000u,
    words.y << 16u, words.y & 0xffff0000u));
}`,
};

const BF16: WeightReader = {
  name: 'bf16',
  reads: { w: 'array<u32>' },
  code: `
fn entry(first: u32, column: u32) -> f32 {
  if (column >= u.wColumns) { return 0.0; }
  let word = w[first + column / 2u];
  return bitcast<f32>(select(word << 16u, word & 0xffff0000u, (column & 1u) == 1u));
}
fn weight(row: u32, four: u32) -> vec4f {
  let first = row * ((u.wColumns + 1u) / 2u);
  let column = 4u * four;
  return vec4f(entry(first, column), entry(first, column + 1u),
    entry(first, column + 2u), entry(first, column + 3u));
}`,
};

/** Rows are padded to whole blocks, so that four columns are always one word of one block. */
const INT8: WeightReader = {
  name: 'int8',
  reads: { w: 'array<u32>', wScales: 'array<f32>' },
  code: `
fn weight(row: u32, four: u32) -> vec4f {
  let blocks = (u.wColumns + 31u) / 32u;
  let word = bitcast<i32>(w[row * blocks * 8u + four]);
  let bytes = vec4i(extractBits(word, 0u, 8u), extractBits(word, 8u, 8u),
    extractBits(word, 16u, 8u), extractBits(word, 24u, 8u));
  return wScales[row * blocks + four / 8u] * vec4f(bytes);
}`,
};

/**
 * `fn <name>(row, four) -> vec4f` of a row-major f32 matrix bound as `variable`, 0 beyond its
 * columns. `byFour`: rows begin at multiples of 4 entries and the variable is an array of vec4f.
 */
export function rowReader(
  name: string,
  variable: string,
  columns: string,
  byFour: boolean,
): string {
  if (byFour) {
    return `fn ${name}(row: u32, four: u32) -> vec4f { return ${variable}[row * (${columns} / 4u) + four]; }`;
  }
  const entry = `${name}Entry`;
  return `
fn ${entry}(first: u32, column: u32) -> f32 {
  if (column >= ${columns}) { return 0.0; }
  return ${variable}[first + column];
}
fn ${name}(row: u32, four: u32) -> vec4f {
  let first = row * ${columns};
  let column = 4u * four;
  return vec4f(${entry}(first, column), ${entry}(first, column + 1u),
    ${entry}(first, column + 2u), ${entry}(first, column + 3u));
}`;
}
