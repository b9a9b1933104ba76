// Attention on WebAssembly: query by query along the tree, so that nothing is computed that is not seen.
import { implementKernel } from '../../kernel.ts';
import type * as tf from '../../tf.ts';
import { addressIfAny, addressOf, uninitialised } from '../../wasm/heap.ts';
import { wasmKernels } from '../../wasm/kernels.ts';
import type { Tree } from '../tree.ts';
import { queriesOf } from './attention-shape.ts';
import type {
  AttentionGradientInputs,
  AttentionInputs,
  AttentionShape,
} from './attention-shape.ts';
import { attentionGradientKernel, attentionKernel } from './attention.ts';

export function registerAttentionOnWasm(): void {
  implementKernel(attentionKernel, 'wasm', attentionOnWasm);
  implementKernel(attentionGradientKernel, 'wasm', attentionGradientOnWasm);
}

/** @returns y [rows * queries, heads * headDim] and logSum [rows * queries, heads] */
function attentionOnWasm({ q, kv, tree, shape, sinks }: AttentionInputs): tf.Tensor[] {
  const { first, count } = queriesOf(shape, tree);
  const y = uninitialised(q.shape);
  const logSum = uninitialised([tree.rows * count, shape.heads]);
  const room = roomFor(tree, shape);
  const operands = [y, logSum, q, kv].map(addressOf) as [number, number, number, number];
  const { kernels } = wasmKernels();
  const options = [addressIfAny(sinks), ...placesOf(tree), first, count] as const;
  kernels.attend(...operands, ...options, ...sizesOf(tree, shape), addressOf(room));
  room.dispose();
  return [y, logSum];
}

/** @returns dq [rows * slots, heads * headDim] and dkv [rows * slots, 2 kvHeads * headDim] */
function attentionGradientOnWasm(inputs: AttentionGradientInputs): tf.Tensor[] {
  const { dy, y, logSum, q, kv, tree, shape } = inputs;
  const dq = uninitialised(q.shape);
  const dkv = uninitialised(kv.shape);
  const room = roomFor(tree, shape);
  const [toQueries, toKeys] = [addressOf(dq), addressOf(dkv)];
  const operands = [dy, y, logSum, q, kv].map(addressOf) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const { kernels } = wasmKernels();
  const sizes = sizesOf(tree, shape);
  kernels.attendBack(toQueries, toKeys, ...operands, ...placesOf(tree), ...sizes, addressOf(room));
  room.dispose();
  return [dq, dkv];
}

function roomFor({ slots }: Tree, { heads, kvHeads }: AttentionShape): tf.Tensor {
  return uninitialised([wasmKernels().kernels.attentionBytes(slots, heads / kvHeads) / 4]);
}

const placesOf = ({ parents, chain }: Tree) => [addressOf(parents), addressOf(chain)] as const;

/** All keys are seen where there is no window, and 0 stands for no soft cap. */
function sizesOf(tree: Tree, { heads, kvHeads, headDim, window, scale, softCap }: AttentionShape) {
  const { rows, slots } = tree;
  return [rows, slots, heads, kvHeads, headDim, window ?? slots, scale, softCap ?? 0] as const;
}
