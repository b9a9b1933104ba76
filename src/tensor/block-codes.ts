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
