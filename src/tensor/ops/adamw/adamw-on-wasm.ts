// AdamW on WebAssembly: all parameters are passed once.
import { implementKernel } from '../../kernel.ts';
import type * as tf from '../../tf.ts';
import { addressIfAny, addressOf, uninitialised } from '../../wasm/heap.ts';
import { wasmKernels } from '../../wasm/kernels.ts';
import { adamwKernel, adamwRates } from './adamw.ts';
import type { AdamWArguments } from './adamw.ts';

export function registerAdamWOnWasm(): void {
  implementKernel(adamwKernel, 'wasm', adamwOnWasm);
}

/** @returns parameters, first, second */
function adamwOnWasm(args: AdamWArguments): tf.Tensor[] {
  const { parameters, gradient, first, second, decay, beta1, beta2, epsilon } = args;
  const { stepSize, secondScale, shrink } = adamwRates(args);
  const [p1, m1, v1] = [parameters, first, second].map(({ shape }) => uninitialised(shape));
  wasmKernels().kernels.adamw(
    ...([addressOf(p1!), addressOf(m1!), addressOf(v1!)] as const),
    ...([addressOf(parameters), addressOf(gradient)] as const),
    ...([addressOf(first), addressOf(second), addressIfAny(decay)] as const),
    ...([parameters.size, beta1, beta2, 1 - beta1, 1 - beta2, epsilon] as const),
    ...([stepSize, secondScale, shrink] as const),
  );
  return [p1!, m1!, v1!];
}
