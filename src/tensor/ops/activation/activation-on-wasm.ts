// Activations on WebAssembly, four values at a time.
import { implementKernel } from '../../kernel.ts';
import type * as tf from '../../tf.ts';
import { addressIfAny, addressOf, uninitialised } from '../../wasm/heap.ts';
import { wasmKernels } from '../../wasm/kernels.ts';
import { activationGradientKernel, activationKernel, gateLayout } from './activation.ts';
import type {
  ActivationArguments,
  ActivationGradientArguments,
  ActivationKind,
} from './activation.ts';

export function registerActivationOnWasm(): void {
  implementKernel(activationKernel, 'wasm', activationOnWasm);
  implementKernel(activationGradientKernel, 'wasm', activationGradientOnWasm);
}

/** As the module knows them. */
const FUNCTIONS = ['silu', 'gelu_tanh', 'gelu', 'swiglu_clamped'] as const;
const LAYOUTS = ['plain', 'halves', 'pairs'] as const;

function activationOnWasm({ x, kind }: ActivationArguments): tf.Tensor[] {
  const [n, columns] = x.shape;
  const m = gateLayout(kind) === 'plain' ? columns : columns / 2;
  const y = uninitialised([n, m]);
  const room = roomFor(kind, m);
  const { activate } = wasmKernels().kernels;
  activate(addressOf(y), addressOf(x), n, m, ...described(kind), addressIfAny(room));
  room?.dispose();
  return [y];
}

function activationGradientOnWasm({ dy, x, kind }: ActivationGradientArguments): tf.Tensor[] {
  const dx = uninitialised(x.shape);
  const [n, m] = dy.shape as [number, number];
  const room = roomFor(kind, m);
  const operands = [addressOf(dx), addressOf(dy), addressOf(x)] as const;
  const { activateGradient } = wasmKernels().kernels;
  activateGradient(...operands, n, m, ...described(kind), addressIfAny(room));
  room?.dispose();
  return [dx];
}

/** Where the pairs of a row are taken apart. */
const roomFor = (kind: ActivationKind, m: number) =>
  gateLayout(kind) === 'pairs' ? uninitialised([2 * m]) : undefined;

/** Function, layout, limit and alpha. */
function described(kind: ActivationKind): [number, number, number, number] {
  const clamped = kind.function === 'swiglu_clamped' ? kind : { limit: 0, alpha: 0 };
  const [name, layout] = [FUNCTIONS.indexOf(kind.function), LAYOUTS.indexOf(gateLayout(kind))];
  return [name, layout, clamped.limit, clamped.alpha];
}
