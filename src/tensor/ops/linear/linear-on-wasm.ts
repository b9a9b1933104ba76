// A linear map with its LoRA branch on WebAssembly: products that add up where their sums are wanted.
import { implementKernel } from '../../kernel.ts';
import * as tf from '../../tf.ts';
import { addressOf, copyInto, uninitialised } from '../../wasm/heap.ts';
import { wasmKernels } from '../../wasm/kernels.ts';
import {
  blockOf,
  someColumns,
  multiplyInto,
  operandOf,
  fewerRows,
  transposeInto,
  wholeOf,
} from '../../wasm/product.ts';
import type { Block } from '../../wasm/product.ts';
import { inputGradientKernel, linearKernel, loraGradientKernel } from './linear-kernels.ts';
import type {
  InputGradientArguments,
  LinearArguments,
  LoraGradientArguments,
} from './linear-kernels.ts';
import { dropThreshold, firstEntry, keptScale } from './lora-branch.ts';
import type { LoraBranch } from './lora-branch.ts';

export function registerLinearOnWasm(): void {
  implementKernel(linearKernel, 'wasm', linearOnWasm);
  implementKernel(inputGradientKernel, 'wasm', inputGradientOnWasm);
  implementKernel(loraGradientKernel, 'wasm', loraGradientOnWasm);
}

function linearOnWasm({ x, weight, bias, residual, lora }: LinearArguments): tf.Tensor[] {
  const n = x.shape[0];
  const y = startingAt(residual, bias, [n, weight.rows]);
  const adds = residual !== undefined || bias !== undefined;
  multiplyInto(wholeOf(y), wholeOf(x), operandOf(weight), { byRows: true, adds });
  if (lora === undefined) return [y];
  const low = uninitialised([n, lora.parts.length * lora.rank]) as tf.Tensor2D;
  if (lora.dropout === undefined) {
    multiplyInto(wholeOf(low), wholeOf(x), blockOfA(lora, x.shape[1]), { byRows: true });
  }
  lora.parts.forEach(({ scaling, first, size }, part) => {
    const own = lowOf(low, lora, part);
    if (lora.dropout !== undefined) {
      const kept = dropped(x, lora, part);
      multiplyInto(own, wholeOf(kept), blockOfA(lora, x.shape[1], part), { byRows: true });
      kept.dispose();
    }
    const to = someColumns(wholeOf(y), first, size);
    multiplyInto(to, own, blockOfB(lora, part), { byRows: true, factor: scaling, adds: true });
  });
  return [y, low];
}

function inputGradientOnWasm(args: InputGradientArguments): tf.Tensor[] {
  const { dy, weight, lora, dLow, added } = args;
  const shape: [number, number] = [dy.shape[0], weight.columns];
  const dx = startingAt(added, undefined, shape);
  multiplyInto(wholeOf(dx), wholeOf(dy), operandOf(weight), { adds: added !== undefined });
  if (lora === undefined || dLow === undefined) return [dx];
  if (lora.dropout === undefined) {
    multiplyInto(wholeOf(dx), wholeOf(dLow), blockOfA(lora, weight.columns), { adds: true });
    return [dx];
  }
  const own = uninitialised(shape) as tf.Tensor2D;
  for (const part of lora.parts.keys()) {
    multiplyInto(wholeOf(own), lowOf(dLow, lora, part), blockOfA(lora, weight.columns, part));
    drop(dx, own, lora, part, true);
  }
  own.dispose();
  return [dx];
}

function loraGradientOnWasm({ dy, x, low, lora, gradient }: LoraGradientArguments): tf.Tensor[] {
  const { rank, parts, aStart, dropout } = lora;
  const [n, inputs] = x.shape;
  const dLow = uninitialised(low.shape) as tf.Tensor2D;
  parts.forEach(({ scaling, first, size, bStart }, part) => {
    const ofPart = someColumns(wholeOf(dy), first, size);
    multiplyInto(lowOf(dLow, lora, part), ofPart, blockOfB(lora, part), { factor: scaling });
    const turned = uninitialised([size, n]) as tf.Tensor2D;
    transposeInto(wholeOf(turned), ofPart);
    const dB = blockOf(gradient, size, rank, bStart);
    multiplyInto(dB, wholeOf(turned), lowOf(low, lora, part), { factor: scaling, adds: true });
    turned.dispose();
  });
  const turned = uninitialised([parts.length * rank, n]) as tf.Tensor2D;
  transposeInto(wholeOf(turned), wholeOf(dLow));
  const dA = blockOf(gradient, parts.length * rank, inputs, aStart);
  if (dropout === undefined) multiplyInto(dA, wholeOf(turned), wholeOf(x), { adds: true });
  else {
    for (const part of parts.keys()) {
      const kept = dropped(x, lora, part);
      const own = fewerRows(wholeOf(turned), part * rank, rank);
      multiplyInto(fewerRows(dA, part * rank, rank), own, wholeOf(kept), { adds: true });
      kept.dispose();
    }
  }
  turned.dispose();
  return [dLow];
}

/** A new tensor with what products are to be added to; without that, with anything. */
function startingAt(
  residual: tf.Tensor2D | undefined,
  bias: tf.Tensor1D | undefined,
  shape: [number, number],
): tf.Tensor2D {
  if (residual !== undefined && bias !== undefined) return tf.add(residual, bias);
  const y = uninitialised(shape) as tf.Tensor2D;
  if (residual !== undefined) copyInto(y, residual);
  else if (bias !== undefined) copyInto(y, bias);
  return y;
}

/** A of a part, or of all of them: [rank, inputs] or [parts * rank, inputs] */
function blockOfA({ parameters, aStart, parts, rank }: LoraBranch, inputs: number, part?: number) {
  return part === undefined
    ? blockOf(parameters, parts.length * rank, inputs, aStart)
    : blockOf(parameters, rank, inputs, aStart + part * rank * inputs);
}

/** B of a part: [size, rank] */
function blockOfB({ parameters, parts, rank }: LoraBranch, part: number): Block {
  const { size, bStart } = parts[part]!;
  return blockOf(parameters, size, rank, bStart);
}

/** A part's columns of what passes between A and B: [n, rank] */
const lowOf = (low: tf.Tensor2D, { rank }: LoraBranch, part: number): Block =>
  someColumns(wholeOf(low), part * rank, rank);

/** x with the part's dropped entries at 0 and the others scaled up; the caller's. */
function dropped(x: tf.Tensor2D, lora: LoraBranch, part: number): tf.Tensor2D {
  const y = uninitialised(x.shape) as tf.Tensor2D;
  drop(y, x, lora, part, false);
  return y;
}

function drop(
  y: tf.Tensor2D,
  x: tf.Tensor2D,
  { dropout }: LoraBranch,
  part: number,
  adds: boolean,
) {
  const { rate, seed } = dropout!;
  const first = firstEntry(dropout!, part, x.shape);
  const [to, from, threshold] = [addressOf(y), addressOf(x), dropThreshold(rate)];
  wasmKernels().kernels.drop(
    ...([to, from, x.size, first, seed, threshold, keptScale(rate), adds] as const),
  );
}
