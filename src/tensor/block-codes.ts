// Weights as small integers: what a quantised file stores and a quantised matrix is made from.

/** What is said of a value besides its code. */
export interface CodeForm {
  /** 4: unsigned codes, 0 to 15. 8: signed codes, -128 to 127. */
  readonly bits: 4 | 8;
  /** Columns that share a scale; with 4 bits always 32. */
  readonly block: 16 | 32;
  /** Whether something is added to the product of scale and code. */
  readonly hasMinimums: boolean;
}

/**
 * A matrix whose rows are cut into blocks of columns, of which each has a scale. A value is
 * `fround(fround(scale * code) + minimum)`, without the second step where there are no minimums.
 */
export interface BlockCodes {
  readonly rows: number;
  readonly columns: number;
  readonly bits: CodeForm['bits'];
  readonly block: CodeForm['block'];
  /** [rows, blocks * block], one code each, rows padded to whole blocks; 4 bits: Uint8Array. */
  readonly codes: Uint8Array | Int8Array;
  /** [rows, blocks] */
  readonly scales: Float32Array;
  /** [rows, blocks], what is added */
  readonly minimums?: Float32Array;
}

export const isCodes = (stored: Float32Array | BlockCodes): stored is BlockCodes =>
  'codes' in stored;

export const formOfCodes = ({ bits, block, minimums }: BlockCodes): CodeForm => ({
  ...{ bits, block },
  hasMinimums: minimums !== undefined,
});

/** The narrowest form that holds codes of all these forms without loss. */
export const commonForm = (forms: readonly CodeForm[]): CodeForm => ({
  bits: forms.some(({ bits }) => bits === 8) ? 8 : 4,
  block: forms.some(({ block }) => block === 16) ? 16 : 32,
  hasMinimums: forms.some(({ hasMinimums }) => hasMinimums),
});

const isSameCodeForm = (a: CodeForm, b: CodeForm): boolean =>
  a.bits === b.bits && a.block === b.block && a.hasMinimums === b.hasMinimums;

/** Whether codes of one form can be written in another without loss. */
export const holds = (form: CodeForm, other: CodeForm): boolean =>
  isSameCodeForm(commonForm([form, other]), form);

/** Rows `from` up to, but without, `to`; views of the same arrays. */
export function someRows(all: BlockCodes, from: number, to: number): BlockCodes {
  const blocks = Math.ceil(all.columns / all.block);
  const part = <T extends Uint8Array | Int8Array | Float32Array>(values: T, width: number) =>
    values.subarray(from * width, to * width) as T;
  return {
    ...all,
    rows: to - from,
    codes: part(all.codes, blocks * all.block),
    scales: part(all.scales, blocks),
    ...(all.minimums && { minimums: part(all.minimums, blocks) }),
  };
}

/**
 * The same values in a form that `holds` theirs.
 * @param order which row comes at each place; left out, all in their order
 */
export function codesAs(from: BlockCodes, form: CodeForm, order?: Int32Array): BlockCodes {
  if (!order && isSameCodeForm(formOfCodes(from), form)) return from;
  const { columns } = from;
  const { bits, block, hasMinimums } = form;
  const rows = order?.length ?? from.rows;
  const blocks = Math.ceil(columns / block);
  const width = blocks * block;
  const codes = new (bits === 4 ? Uint8Array : Int8Array)(rows * width);
  const scales = new Float32Array(rows * blocks);
  const minimums = hasMinimums ? new Float32Array(rows * blocks) : undefined;
  const ownBlocks = Math.ceil(columns / from.block);
  const ownWidth = ownBlocks * from.block;
  for (let row = 0; row < rows; row++) {
    const at = order ? order[row]! : row;
    const own = from.codes.subarray(at * ownWidth, at * ownWidth + Math.min(width, ownWidth));
    codes.set(own, row * width);
    for (let b = 0; b < blocks; b++) {
      // A block of 32 is two of 16 with the same scale.
      const source = at * ownBlocks + Math.floor((b * block) / from.block);
      scales[row * blocks + b] = from.scales[source]!;
      if (minimums && from.minimums) minimums[row * blocks + b] = from.minimums[source]!;
    }
  }
  return { rows, columns, bits, block, codes, scales, ...(minimums && { minimums }) };
}

/** What the codes stand for: [rows, columns] */
export function valuesOfCodes(from: BlockCodes): Float32Array<ArrayBuffer> {
  const { rows, columns, block, codes, scales, minimums } = from;
  const values = new Float32Array(rows * columns);
  const blocks = Math.ceil(columns / block);
  for (let row = 0; row < rows; row++) {
    for (let b = 0; b < blocks; b++) {
      const place = row * blocks + b;
      const scale = scales[place]!;
      const minimum = minimums ? minimums[place]! : -0;
      const first = row * columns + b * block;
      const size = Math.min(block, columns - b * block);
      for (let i = 0; i < size; i++) {
        values[first + i] = Math.fround(scale * codes[place * block + i]!) + minimum;
      }
    }
  }
  return values;
}
