// The kernels of a linear map with its LoRA branch, and what wasm and cpu run for them.
import { runOnHost, runOnHostTo } from '../../host-kernel.ts';
import { defineKernel } from '../../kernel.ts';
import { matMul, matMulByRows, matMulByWeight } from '../../mat-mul.ts';
import type { Matrix } from '../../matrix.ts';
import * as tf from '../../tf.ts';
import { dropoutBits, dropThreshold, firstEntry, keptScale } from './lora-branch.ts';
import type { DropoutKey, LoraBranch } from './lora-branch.ts';

export interface LinearArguments {
  /** [n, in] */
  readonly x: tf.Tensor2D;
  /** [out, in] */
  readonly weight: Matrix;
  /** [out] */
  readonly bias?: tf.Tensor1D;
  /** [n, out] */
  readonly residual?: tf.Tensor2D;
  readonly lora?: LoraBranch;
}

export interface InputGradientArguments {
  /** [n, out] */
  readonly dy: tf.Tensor2D;
  readonly weight: Matrix;
  readonly lora?: LoraBranch;
  /** [n, parts * rank], where there is a branch */
  readonly dLow?: tf.Tensor2D;
  /** [n, in] */
  readonly added?: tf.Tensor2D;
}

export interface LoraGradientArguments {
  readonly dy: tf.Tensor2D;
  readonly x: tf.Tensor2D;
  /** [n, parts * rank] */
  readonly low: tf.Tensor2D;
  readonly lora: LoraBranch;
  /** [total], added to in place */
  readonly gradient: tf.Tensor1D;
}

export interface SumsArguments {
  /** [m, n] */
  readonly a: tf.Tensor2D;
  /** [n, k] */
  readonly b: tf.Tensor2D;
}

/** -> [a b], sums over n rows in a fixed order; tfjs's own on WebGPU adds long ones in any order */
export const sumsKernel = defineKernel<SumsArguments>('LabLinearSums', ({ a, b }) => [
  matMul(a, b),
]);

/** -> [y], and [low] if there is a branch */
export const linearKernel = defineKernel<LinearArguments>(
  'LabLinear',
  ({ x, weight, bias, residual, lora }) => {
    let y: tf.Tensor = matMulByRows(x, weight);
    if (bias !== undefined) y = tf.add(y, bias);
    if (residual !== undefined) y = tf.add(y, residual);
    if (lora === undefined) return [y];
    const a = stackedA(lora, weight.columns);
    const low = lora.dropout
      ? tf.concat2d(
          lora.parts.map((_, part) =>
            matMul(dropped(x, lora.dropout!, part), blockOf(a, part, lora.rank), false, true),
          ),
          1,
        )
      : matMul(x, a, false, true);
    return [tf.add(y, matMul(low, spreadB(lora, weight.rows), false, true)), low];
  },
);

/** -> [dx] */
export const inputGradientKernel = defineKernel<InputGradientArguments>(
  'LabLinearInputGradient',
  ({ dy, weight, lora, dLow, added }) => {
    let dx: tf.Tensor = matMulByWeight(dy, weight);
    if (lora !== undefined && dLow !== undefined) {
      const a = stackedA(lora, weight.columns);
      if (lora.dropout === undefined) dx = tf.add(dx, matMul(dLow, a));
      else {
        for (const part of lora.parts.keys()) {
          const own = matMul(columnsOf(dLow, part, lora.rank), blockOf(a, part, lora.rank));
          dx = tf.add(dx, dropped(own, lora.dropout, part));
        }
      }
    }
    return [added === undefined ? dx : tf.add(dx, added)];
  },
);

/**
 * -> [dLow]; adds dA and dB to the gradient. Has no composition, since tfjs operations change no
 * tensor: this is the implementation of wasm and cpu.
 */
export const loraGradientKernel = defineKernel<LoraGradientArguments>(
  'LabLoraGradient',
  ({ dy, x, low, lora, gradient }) => {
    const { rank, parts, dropout, aStart } = lora;
    const dLow = matMul(dy, spreadB(lora, dy.shape[1])); // [n, parts * rank]
    const dB = matMul(dy, low, true, false); // [out, parts * rank], of which each part has its block
    const inputs = dropout ? parts.map((_, part) => dropped(x, dropout, part)) : [];
    const dA = dropout
      ? parts.map((_, part) => matMul(columnsOf(dLow, part, rank), inputs[part]!, true, false))
      : [matMul(dLow, x, true, false)];
    runOnHostTo([gradient, dB, ...dA], [], (_, sums, dBs, ...dAs) => {
      let at = aStart;
      for (const values of dAs) for (const value of values) sums![at++]! += value;
      parts.forEach(({ first, size, bStart, scaling }, part) => {
        for (let row = 0; row < size; row++) {
          const from = ((first + row) * parts.length + part) * rank;
          const to = bStart + row * rank;
          for (let i = 0; i < rank; i++) sums![to + i]! += scaling * dBs![from + i]!;
        }
      });
    });
    return [dLow];
  },
  { changes: ['gradient'] },
);

/** [parts * rank, in] */
function stackedA({ parameters, aStart, parts, rank }: LoraBranch, columns: number): tf.Tensor2D {
  const rows = parts.length * rank;
  return runOnHost([parameters], [rows, columns], (a, values) => {
    a.set(values.subarray(aStart, aStart + a.length));
  }) as tf.Tensor2D;
}

/** scaling * B of every part in its rows and its block of columns, 0 elsewhere: [out, parts * rank] */
function spreadB({ parameters, parts, rank }: LoraBranch, rows: number): tf.Tensor2D {
  return runOnHost([parameters], [rows, parts.length * rank], (b, values) => {
    parts.forEach(({ first, size, bStart, scaling }, part) => {
      for (let row = 0; row < size; row++) {
        const to = ((first + row) * parts.length + part) * rank;
        for (let i = 0; i < rank; i++) b[to + i] = scaling * values[bStart + row * rank + i]!;
      }
    });
  }) as tf.Tensor2D;
}

/** The part's rows of A: [rank, in] */
function blockOf(a: tf.Tensor2D, part: number, rank: number): tf.Tensor2D {
  const { shape } = a;
  return runOnHost([a], [rank, shape[1]], (block, values) => {
    block.set(values.subarray(part * block.length, (part + 1) * block.length));
  }) as tf.Tensor2D;
}

/** The part's columns: [n, rank] */
function columnsOf(low: tf.Tensor2D, part: number, rank: number): tf.Tensor2D {
  const [n, all] = low.shape;
  return runOnHost([low], [n, rank], (own, values) => {
    for (let row = 0; row < n; row++) {
      const from = row * all + part * rank;
      own.set(values.subarray(from, from + rank), row * rank);
    }
  }) as tf.Tensor2D;
}

/** x with the part's dropped entries at 0 and the others scaled up. */
function dropped(x: tf.Tensor2D, dropout: DropoutKey, part: number): tf.Tensor2D {
  const { rate, seed } = dropout;
  const [threshold, scale] = [dropThreshold(rate), keptScale(rate)];
  return runOnHost([x], x.shape, (y, values) => {
    const first = firstEntry(dropout, part, x.shape);
    for (let i = 0; i < y.length; i++) {
      if (dropoutBits(seed, first + i) >= threshold) y[i] = scale * values[i]!;
    }
  }) as tf.Tensor2D;
}
