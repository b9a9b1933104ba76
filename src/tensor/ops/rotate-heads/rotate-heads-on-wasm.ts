// Norming and turning heads on WebAssembly, a head at a time where it lies.
import { implementKernel } from '../../kernel.ts';
import * as tf from '../../tf.ts';
import { addressIfAny, addressOf, uninitialised } from '../../wasm/heap.ts';
import { wasmKernels } from '../../wasm/kernels.ts';
import type {
  RotateHeadsGradientInputs,
  RotateHeadsInputs,
  RotateHeadsOptions,
} from './rotate-heads-inputs.ts';
import { rotateHeadsGradientKernel, rotateHeadsKernel } from './rotate-heads.ts';

export function registerRotateHeadsOnWasm(): void {
  implementKernel(rotateHeadsKernel, 'wasm', rotateHeadsOnWasm);
  implementKernel(rotateHeadsGradientKernel, 'wasm', rotateHeadsGradientOnWasm);
}

const F32 = 4;

/** @returns q [n, heads * headDim] and kv [n, 2 kvHeads * headDim] */
function rotateHeadsOnWasm({ qkv, shape, options }: RotateHeadsInputs): tf.Tensor[] {
  const { heads, kvHeads, headDim: d } = shape;
  const [n, columns] = qkv.shape;
  const q = uninitialised([n, heads * d]);
  const kv = uninitialised([n, 2 * kvHeads * d]);
  const next = F32 * columns;
  const [qWidth, kWidth] = [F32 * heads * d, F32 * kvHeads * d];
  const [x, toQueries, toKeys] = [addressOf(qkv), addressOf(q), addressOf(kv)];
  const { turnHeads } = wasmKernels().kernels;
  const keys = x + qWidth;
  turnHeads(toQueries, qWidth, x, next, n, heads, d, ...turned(options, 'qNorm'));
  turnHeads(toKeys, 2 * kWidth, keys, next, n, kvHeads, d, ...turned(options, 'kNorm'));
  turnHeads(toKeys + kWidth, 2 * kWidth, keys + kWidth, next, n, kvHeads, d, ...AS_THEY_ARE);
  return [q, kv];
}

/** @returns dqkv as qkv, then the wanted gradients of the norms that there are */
function rotateHeadsGradientOnWasm(inputs: RotateHeadsGradientInputs): tf.Tensor[] {
  const { dq, dkv, qkv, shape, options, wantsNorms } = inputs;
  const { heads, kvHeads, headDim: d } = shape;
  const [n, columns] = qkv.shape;
  const dqkv = uninitialised(qkv.shape);
  const dQNorm = wantsNorms && options.qNorm ? tf.zeros([d]) : undefined;
  const dKNorm = wantsNorms && options.kNorm ? tf.zeros([d]) : undefined;
  const next = F32 * columns;
  const [qWidth, kWidth] = [F32 * heads * d, F32 * kvHeads * d];
  const [to, x] = [addressOf(dqkv), addressOf(qkv)];
  const [ofQueries, ofKeys] = [addressOf(dq), addressOf(dkv)];
  const { turnHeads, turnHeadsBack } = wasmKernels().kernels;
  const forQueries = [...turned(options, 'qNorm'), addressIfAny(dQNorm)] as const;
  const forKeys = [...turned(options, 'kNorm'), addressIfAny(dKNorm)] as const;
  const keys = to + qWidth;
  turnHeadsBack(to, next, ofQueries, qWidth, x, next, n, heads, d, ...forQueries);
  turnHeadsBack(keys, next, ofKeys, 2 * kWidth, x + qWidth, next, n, kvHeads, d, ...forKeys);
  turnHeads(keys + kWidth, next, ofKeys + kWidth, 2 * kWidth, n, kvHeads, d, ...AS_THEY_ARE);
  return [dqkv, ...(dQNorm ? [dQNorm] : []), ...(dKNorm ? [dKNorm] : [])];
}

/** Angles, weight, what is added to it, and eps: addresses are 0 where there is none. */
type Treatment = [cos: number, sin: number, weight: number, one: number, eps: number];

/** Values are copied. */
const AS_THEY_ARE: Treatment = [0, 0, 0, 0, 0];

function turned(
  { angles, qNorm, kNorm, plusOne, eps }: RotateHeadsOptions,
  name: 'qNorm' | 'kNorm',
): Treatment {
  const weight = name === 'qNorm' ? qNorm : kNorm;
  const [cos, sin] = [addressIfAny(angles?.cos), addressIfAny(angles?.sin)];
  return [cos, sin, addressIfAny(weight), plusOne ? 1 : 0, eps];
}
