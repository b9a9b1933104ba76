// Matrices as f32 for compositions of tfjs operations, on backends whose tensors lie in ordinary memory.
import { runOnHost, tensorsAreInHostMemory, type Values } from './host-kernel.ts';
import { blocksOf, tensorsOf, type CodedMatrix, type Matrix } from './matrix.ts';
import type * as tf from './tf.ts';

/** The matrix itself where it is f32, or a widened copy: [rows, columns]. */
export function floatsOf(matrix: Matrix): tf.Tensor2D {
  return matrix.format === 'f32' ? matrix.values : floatRows(matrix, matrix.rows, (i) => i);
}

/**
 * A copy of `count` rows: [count, columns]
 * @param rowAt where row i of the result lies in the matrix
 * @throws Error on WebGPU, where our kernels read matrices as they are kept
 */
export function floatRows(
  matrix: Matrix,
  count: number,
  rowAt: (i: number) => number,
): tf.Tensor2D {
  if (!tensorsAreInHostMemory()) throw new Error(`no composition of a matrix in ${matrix.format}`);
  const { columns } = matrix;
  const [values, scales] = tensorsOf(matrix) as [tf.Tensor2D, tf.Tensor2D?];
  const inputs = matrix.format === 'codes' ? [values, scales!] : [values];
  return runOnHost(inputs, [count, columns], (out, words, pairs) => {
    const widen = rowWidener(matrix, words!, pairs);
    for (let i = 0; i < count; i++) {
      widen(out.subarray(i * columns, (i + 1) * columns), rowAt(i));
    }
  }) as tf.Tensor2D;
}

type WidenRow = (out: Float32Array, row: number) => void;

function rowWidener(matrix: Matrix, words: Values, pairs: Values | undefined): WidenRow {
  const { columns } = matrix;
  switch (matrix.format) {
    case 'f32':
      return (out, row) => out.set(words.subarray(row * columns, (row + 1) * columns));
    case 'bf16':
      return bf16Widener(Math.ceil(columns / 2), words);
    case 'codes':
      return codesWidener(matrix, words, pairs!);
  }
}

function bf16Widener(perRow: number, words: Values): WidenRow {
  return (out, row) => {
    const bits = new Uint32Array(out.buffer, out.byteOffset, out.length);
    for (let i = 0; i < bits.length; i++) {
      const word = words[row * perRow + (i >> 1)]!;
      bits[i] = i % 2 === 0 ? word << 16 : word & 0xffff0000;
    }
  };
}

function codesWidener(matrix: CodedMatrix, words: Values, pairs: Values): WidenRow {
  const { bits, block, hasMinimums } = matrix;
  const blocks = blocksOf(matrix);
  const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  const signed = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  return (out, row) => {
    for (let b = 0, place = row * blocks; b < blocks; b++, place++) {
      const own = out.subarray(b * block, (b + 1) * block);
      const scale = pairs[hasMinimums ? 2 * place : place]!;
      // What changes no sum, the sign of zeros included.
      const minimum = hasMinimums ? pairs[2 * place + 1]! : -0;
      if (bits === 8) {
        const at = place * block;
        for (let i = 0; i < own.length; i++) {
          own[i] = Math.fround(scale * signed[at + i]!) + minimum;
        }
        continue;
      }
      const at = place * 16;
      for (let i = 0; i < own.length; i++) {
        const code = i < 16 ? bytes[at + i]! & 15 : bytes[at + i - 16]! >> 4;
        own[i] = Math.fround(scale * code) + minimum;
      }
    }
  };
}
