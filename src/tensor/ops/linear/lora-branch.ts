// A LoRA branch of a linear map, and the dropout on its input.
import type * as tf from '../../tf.ts';

/** The parts of the output that have a branch; all share one flat buffer of parameters. */
export interface LoraBranch {
  /** [total] all adapter values, one after the other */
  readonly parameters: tf.Tensor1D;
  readonly rank: number;
  /** Start of the stacked A [parts * rank, in] in `parameters`. */
  readonly aStart: number;
  /** In the order of their A blocks; the columns between them have no branch. */
  readonly parts: readonly LoraPart[];
  readonly dropout?: DropoutKey;
}

/** B [size, rank] begins at `bStart` in the parameters; it writes output columns first .. first + size. */
export interface LoraPart {
  /** Factor of B (A x): alpha / rank of the projection's own. */
  readonly scaling: number;
  readonly first: number;
  readonly size: number;
  readonly bStart: number;
}

/**
 * Inverted dropout on the branch's input as a pure function: each part drops entries of its own, and
 * an entry's fate is a hash of seed, part, row and column, the same on every backend.
 */
export interface DropoutKey {
  readonly rate: number;
  /** Unsigned 32 bits; another for every use. */
  readonly seed: number;
  /** Where the rows lie in a larger batch, as part of which they are dropped; they are all unless given. */
  readonly within?: RowsWithin;
}

export interface RowsWithin {
  readonly first: number;
  /** Of the larger batch. */
  readonly rows: number;
}

/** Place of a part's first entry. @param shape of the branch's input */
export function firstEntry(
  { within }: DropoutKey,
  part: number,
  [rows, columns]: readonly [number, number],
): number {
  return (part * (within?.rows ?? rows) + (within?.first ?? 0)) * columns;
}

/** An entry is dropped if its 24 bits are below this: the rate is exact to 2^-24. */
export const dropThreshold = (rate: number) => Math.round(rate * 2 ** 24);

/** What kept entries are multiplied by, so that the mean stays. */
export const keptScale = (rate: number) => 1 / (1 - dropThreshold(rate) / 2 ** 24);

/** 24 bits that decide an entry. @param index (part * rows + row) * columns + column, below 2^32 */
export function dropoutBits(seed: number, index: number): number {
  let h = (seed ^ Math.imul(index, 0x9e3779b9)) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 8;
}
