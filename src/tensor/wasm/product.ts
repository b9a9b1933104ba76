// Products of matrices and parts of them, where they lie in the heap.
import { blocksOf } from '../matrix.ts';
import type { Matrix } from '../matrix.ts';
import type * as tf from '../tf.ts';
import { addressOf, heap } from './heap.ts';
import { wasmKernels } from './kernels.ts';
import { productTeam } from './team.ts';

/** A matrix, or a part of its rows and columns, in the heap. Holds while no tensor comes or goes that it lies in. */
export interface Block {
  /** Address of the first value. */
  readonly at: number;
  readonly rows: number;
  readonly columns: number;
  /** Bytes from one row to the next. */
  readonly next: number;
  /** Where values are kept as codes: `at` and `next` are those of the codes. */
  readonly codes?: Codes;
}

/** What codes stand for. */
export interface Codes {
  readonly bits: 4 | 8;
  /** Columns that share a scale. */
  readonly block: number;
  /** Whether a minimum follows each scale. */
  readonly hasMinimums: boolean;
  /** Address of the first row's scales, and bytes from one row's to the next's. */
  readonly scales: number;
  readonly next: number;
}

const F32 = 4;

/** @param first place of the first value in the tensor */
export function blockOf(tensor: tf.Tensor, rows: number, columns: number, first = 0): Block {
  return { at: addressOf(tensor) + F32 * first, rows, columns, next: F32 * columns };
}

/** The whole of a matrix. */
export const wholeOf = (x: tf.Tensor2D): Block => blockOf(x, ...x.shape);

/** A weight, in whatever form it is kept. */
export function operandOf(matrix: Matrix): Block {
  const { rows, columns, values } = matrix;
  switch (matrix.format) {
    case 'f32':
      return blockOf(values, rows, columns);
    case 'bf16':
      throw new Error('no matrix in bf16 on WebAssembly');
    case 'codes': {
      const { bits, block, hasMinimums } = matrix;
      const blocks = blocksOf(matrix);
      const perBlock = F32 * (hasMinimums ? 2 : 1);
      const scales = addressOf(matrix.scales);
      const codes = { bits, block, hasMinimums, scales, next: perBlock * blocks };
      return { at: addressOf(values), rows, columns, next: (bits / 8) * block * blocks, codes };
    }
  }
}

export function fewerRows(block: Block, first: number, rows: number): Block {
  const { at, next, codes } = block;
  const shifted = codes && { ...codes, scales: codes.scales + first * codes.next };
  return { ...block, at: at + first * next, rows, ...(shifted && { codes: shifted }) };
}

export function someColumns(block: Block, first: number, columns: number): Block {
  return { ...block, at: block.at + F32 * first, columns };
}

export interface ProductOptions {
  /** `b` is [m, k]. */
  readonly byRows?: boolean;
  readonly factor?: number;
  /** The product is added to what is there. */
  readonly adds?: boolean;
}

/** c [n, m] = factor * a [n, k] b [k, m] IN PLACE; b alone may be kept as codes. */
export function multiplyInto(
  c: Block,
  a: Block,
  b: Block,
  { byRows = false, factor = 1, adds = false }: ProductOptions = {},
): void {
  const { kernels, scratch } = wasmKernels();
  const codes = b.codes ? noted(b.codes) : 0;
  const [n, k, m] = [a.rows, a.columns, c.columns];
  const places = [c.at, c.next, a.at, a.next, b.at, b.next] as const;
  const args = [...places, n, k, 0, m, factor, adds, codes, scratch] as const;
  const team = productTeam();
  if (team?.takes(n, k, m)) team.multiply(byRows, args);
  else if (byRows) kernels.multiplyByRows(...args);
  else kernels.multiply(...args);
}

/** Writes down what the functions are to read. @returns its address */
function noted({ bits, block, hasMinimums, scales, next }: Codes): number {
  const { note } = wasmKernels();
  new Int32Array(heap().buffer, note).set([bits, block, hasMinimums ? 1 : 0, scales, next]);
  return note;
}

/** Writes the transpose IN PLACE. @param to [columns, rows], one after the other */
export function transposeInto(to: Block, { at, next, rows, columns }: Block): void {
  wasmKernels().kernels.transpose(at, next, rows, columns, to.at);
}
