// Norms on WebAssembly, a row at a time.
import { implementKernel } from '../../kernel.ts';
import * as tf from '../../tf.ts';
import { addressIfAny, addressOf, uninitialised } from '../../wasm/heap.ts';
import { wasmKernels } from '../../wasm/kernels.ts';
import { normGradientKernel, normKernel } from './norm.ts';
import type { NormArguments, NormGradientArguments } from './norm.ts';

export function registerNormOnWasm(): void {
  implementKernel(normKernel, 'wasm', normOnWasm);
  implementKernel(normGradientKernel, 'wasm', normGradientOnWasm);
}

function normOnWasm({ x, kind, eps, plusOne, weight, bias, added }: NormArguments): tf.Tensor[] {
  const y = uninitialised(x.shape);
  const { normalise } = wasmKernels().kernels;
  const one = plusOne ? 1 : 0;
  const more = [addressIfAny(bias), addressIfAny(added)] as const;
  const layer = kind === 'layer';
  normalise(addressOf(y), addressOf(x), ...x.shape, layer, eps, addressOf(weight), one, ...more);
  return [y];
}

function normGradientOnWasm(args: NormGradientArguments): tf.Tensor[] {
  const { dy, x, kind, eps, plusOne, weight, bias, added, wantsParameters } = args;
  const dx = uninitialised(x.shape);
  const dWeight = wantsParameters ? tf.zeros(weight.shape) : undefined;
  const dBias = wantsParameters && bias ? tf.zeros(weight.shape) : undefined;
  const { normaliseGradient } = wasmKernels().kernels;
  const one = plusOne ? 1 : 0;
  const more = [addressIfAny(added), addressIfAny(dWeight), addressIfAny(dBias)] as const;
  const [of, from, factors] = [addressOf(dy), addressOf(x), addressOf(weight)];
  const layer = kind === 'layer';
  normaliseGradient(addressOf(dx), of, from, ...x.shape, layer, eps, factors, one, ...more);
  return [dx, ...(dWeight ? [dWeight] : []), ...(dBias ? [dBias] : [])];
}
