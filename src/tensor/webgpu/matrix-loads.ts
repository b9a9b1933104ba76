// WGSL that moves matrices four entries at a time: activations in f32, weights in every form.
import type { CodeForm } from '../block-codes.ts';
import type { Matrix, MatrixForm } from '../matrix.ts';
import type * as tf from '../tf.ts';

/** How a program reads a weight: what it is bound to, and `fn weight(row, four) -> vec4f`. */
export interface WeightReader {
  /** For program names. */
  readonly name: string;
  readonly reads: Readonly<Record<string, string>>;
  /** Columns 4 four .. 4 four + 3 of a row; any numbers beyond the last. Expects a uniform `wColumns`. */
  readonly code: string;
}

/** Whether vectors of four begin at multiples of 4 entries in rows of so many, or from such starts. */
export const aligned = (...counts: number[]) => counts.every((count) => count % 4 === 0);

/** The type of a buffer of f32 that is read and written by fours. */
export const foursType = (byFour: boolean) => (byFour ? 'array<vec4f>' : 'array<f32>');

/**
 * `fn <name>(first, count) -> vec4f`: entries first .. first + 3 of a buffer, of which `count` (at
 * least 1) are meant and the others 0. `byFour`: first and count are always multiples of 4.
 */
export function fourReader(name: string, variable: string, byFour: boolean): string {
  if (byFour) {
    return `fn ${name}(first: u32, count: u32) -> vec4f { return ${variable}[first / 4u]; }`;
  }
  return `
fn ${name}Entry(index: u32, meant: bool) -> f32 {
  if (meant) { return ${variable}[index]; }
  return 0.0;
}
fn ${name}(first: u32, count: u32) -> vec4f {
  return vec4f(${variable}[first], ${name}Entry(first + 1u, count > 1u),
    ${name}Entry(first + 2u, count > 2u), ${name}Entry(first + 3u, count > 3u));
}`;
}

/** Writes the vec4f `value` to entries first .. first + 3 of a buffer, of which `count` are meant. */
export function writeFour(
  variable: string,
  first: string,
  count: string,
  value: string,
  byFour: boolean,
): string {
  if (byFour) return `${variable}[(${first}) / 4u] = ${value};`;
  const entries = [0, 1, 2, 3].map(
    (q) => `if (${q}u < count) { ${variable}[first + ${q}u] = four[${q}]; }`,
  );
  return `{ let four = ${value}; let count = ${count}; let first = ${first}; ${entries.join(' ')} }`;
}

/** The tensors to bind for a weight. */
export function weightTensors(weight: Matrix): Record<string, tf.TensorInfo> {
  const { values } = weight;
  return weight.format === 'codes' ? { w: values, wScales: weight.scales } : { w: values };
}

/** What a program must know of a weight. */
export type WeightKind = MatrixForm & Pick<Matrix, 'columns'>;

export function weightReader(weight: WeightKind): WeightReader {
  const byFour = aligned(weight.columns);
  switch (weight.format) {
    case 'f32':
      return byFour ? F32_BY_FOUR : F32;
    case 'bf16':
      return byFour ? BF16_BY_FOUR : BF16;
    case 'codes':
      return codesReader(weight);
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
  code: `${fourReader('wFour', 'w', false)}
fn weight(row: u32, four: u32) -> vec4f {
  return wFour(row * u.wColumns + 4u * four, u.wColumns - 4u * four);
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

/** A row ends with a whole word. */
const BF16: WeightReader = {
  name: 'bf16',
  reads: { w: 'array<u32>' },
  code: `
fn weight(row: u32, four: u32) -> vec4f {
  let words = (u.wColumns + 1u) / 2u;
  let first = row * words + 2u * four;
  let low = w[first];
  var high = 0u;
  if (2u * four + 1u < words) { high = w[first + 1u]; }
  return bitcast<vec4f>(vec4u(low << 16u, low & 0xffff0000u, high << 16u, high & 0xffff0000u));
}`,
};

/**
 * Rows are padded to whole blocks, so that four columns are always of one block: in one word of 8-bit
 * codes; of 4-bit ones in the low or the high halves of the bytes of one.
 */
function codesReader({ bits, block, hasMinimums }: CodeForm): WeightReader {
  const words = (block * bits) / 32;
  const codes =
    bits === 8
      ? `let codes = (vec4i(w[place * ${words}u + part]) << vec4u(24u, 16u, 8u, 0u)) >> vec4u(24u);`
      : `let codes = (vec4u(bitcast<u32>(w[place * ${words}u + part % ${words}u])) >>
    (vec4u(0u, 8u, 16u, 24u) + part / ${words}u * 4u)) & vec4u(15u);`;
  const value = hasMinimums
    ? 'wScales[place].x * vec4f(codes) + wScales[place].y'
    : 'wScales[place] * vec4f(codes)';
  return {
    name: `int${bits}${block === 16 ? ' by 16' : ''}${hasMinimums ? ' above' : ''}`,
    reads: { w: 'array<i32>', wScales: hasMinimums ? 'array<vec2f>' : 'array<f32>' },
    code: `
fn weight(row: u32, four: u32) -> vec4f {
  let place = row * ((u.wColumns + ${block - 1}u) / ${block}u) + four / ${block / 4}u;
  let part = four % ${block / 4}u;
  ${codes}
  return ${value};
}`,
  };
}
