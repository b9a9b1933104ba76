// Norms on WebAssembly, a row at a time.
import { implementKernel } from '../../kernel.ts';
import * as tf from '../../tf.ts';
import { addressOf, uninitialised } from '../../wasm/heap.ts';
import { wasmKernels } from '../../wasm/kernels.ts';
import { normGradientKernel, normKernel } from './norm.ts';
import type { NormArguments, NormGradientArguments } from './norm.ts';

export function registerNormOnWasm(): void {
  implementKernel(normKernel, 'wasm', normOnWasm);
  implementKernel(normGradientKernel, 'wasm', normGradientOnWasm);
}

function normOnWasm({ x, kind, eps, plusOne, weight, bias, added }: NormArguments): tf.Tensor[] {
  const y = uninitialised(x.shape);
  const [to, from, factors] = [y, x, weight].map(addressOf) as [number, number, number];
  const { normalise } = wasmKernels().kernels;
  const one = plusOne ? 1 : 0;
  const more = [placeOf(bias), placeOf(added)] as const;
  normalise(to, from, ...x.shape, kind === 'layer', eps, factors, one, ...more);
  return [y];
}

function normGradientOnWasm(args: NormGradientArguments): tf.Tensor[] {
  const { dy, x, kind, eps, plusOne, weight, bias, added, wantsParameters } = args;
  const dx = uninitialised(x.shape);
  const dWeight = wantsParameters ? tf.zeros(weight.shape) : undefined;
  const dBias = wantsParameters && bias ? tf.zeros(weight.shape) : undefined;
  const [to, of, from, factors] = [dx, dy, x, weight].map(addressOf) as [
    number,
    number,
    number,
    number,
  ];
  const { normaliseGradient } = wasmKernels().kernels;
  const one = plusOne ? 1 : 0;
  const more = [placeOf(added), placeOf(dWeight), placeOf(dBias)] as const;
  normaliseGradient(to, of, from, ...x.shape, kind === 'layer', eps, factors, one, ...more);
  return [dx, ...(dWeight ? [dWeight] : []), ...(dBias ? [dBias] : [])];
}

/** No tensor lies at 0. */
const placeOf = (tensor: tf.Tensor | undefined): number => (tensor ? addressOf(tensor) : 0);
