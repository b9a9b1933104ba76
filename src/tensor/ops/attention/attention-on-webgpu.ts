// Attention on WebGPU: which programs, on how much.
import { implementKernel } from '../../kernel.ts';
import type * as tf from '../../tf.ts';
import { gpu, spread } from '../../webgpu/gpu.ts';
import { onProcessor } from '../../webgpu/tuning.ts';
import { attentionGradientKernel, attentionKernel } from './attention.ts';
import { queriesOf } from './attention-shape.ts';
import type {
  AttentionGradientInputs,
  AttentionInputs,
  AttentionShape,
} from './attention-shape.ts';
import { subgroupForward } from './subgroup-forward-wgsl.ts';
import { subgroupKeyGradient, subgroupQueryGradient } from './subgroup-gradient-wgsl.ts';
import { LANES, rowBlock, WORKGROUP } from './subgroup-walk-wgsl.ts';
import { tileForward } from './tile-forward-wgsl.ts';
import { overlapProgram, tileKeyGradient, tileQueryGradient } from './tile-gradient-wgsl.ts';
import { ROWS, WORKGROUP as TILE_WORKGROUP } from './tile-products-wgsl.ts';
import { tileRows } from './tile-walk-wgsl.ts';
import { writeRowsKernel } from './write-rows.ts';

interface Variant {
  readonly forward: (inputs: AttentionInputs) => tf.TensorInfo[];
  readonly gradient: (inputs: AttentionGradientInputs) => tf.TensorInfo[];
}

/** For adapters that compute on a processor, if they have subgroups: it needs exactly four invocations in one. */
export const SUBGROUP_VARIANT: Variant = { forward: bySubgroups, gradient: gradientBySubgroups };
/** For GPUs; it runs anywhere. */
export const TILE_VARIANT: Variant = { forward: byTiles, gradient: gradientByTiles };

export function registerAttention(): void {
  const variant = () =>
    onProcessor() && gpu().device.features.has('subgroups') ? SUBGROUP_VARIANT : TILE_VARIANT;
  implementKernel(attentionKernel, 'webgpu', (inputs) => variant().forward(inputs));
  implementKernel(attentionGradientKernel, 'webgpu', (inputs) => variant().gradient(inputs));
  implementKernel(writeRowsKernel, 'webgpu', ({ to, first, from }) => {
    gpu().copy(from, 0, to, first * to.shape[1], from.size);
    return [];
  });
}

/** Rows of a subgroup: what it holds of them takes about this many vectors of registers per operand. */
const rowsFor = ({ headDim }: AttentionShape, vectors: number) =>
  Math.max(1, Math.floor(vectors / Math.ceil(headDim / (4 * LANES))));

function bySubgroups(inputs: AttentionInputs): tf.TensorInfo[] {
  const { q, kv, tree, shape, sinks } = inputs;
  const [y, logSum] = outputs(inputs);
  // More rows would take a processor seconds to compile.
  const block = rowBlock(shape, rowsFor(shape, 16));
  gpu().run(subgroupForward(shape, block, sinks !== undefined), {
    tensors: { q, kv, parents: tree.parents, ...(sinks && { sinks }), y, logSum },
    ...subgroups(inputs, block.queries, shape.heads / block.heads),
  });
  return [y, logSum];
}

function gradientBySubgroups(inputs: AttentionGradientInputs): tf.TensorInfo[] {
  const { dy, y, logSum, q, kv, tree, shape } = inputs;
  const { parents, ends, depths } = tree;
  const { dq, dkv, overlap } = gradients(inputs);
  const rows = rowsFor(shape, 8);
  const block = rowBlock(shape, rows);
  gpu().run(subgroupQueryGradient(shape, block), {
    tensors: { q, kv, dy, y, logSum, parents, dq, overlap },
    ...subgroups(inputs, block.queries, shape.heads / block.heads),
  });
  gpu().run(subgroupKeyGradient(shape, rows), {
    tensors: {
      ...{ q, kv, dy, logSum, overlap, ends, dkv },
      ...(shape.window !== null && { depths }),
    },
    ...subgroups(inputs, rows, shape.kvHeads),
  });
  gpu().dispose(overlap);
  return [dq, dkv];
}

function byTiles(inputs: AttentionInputs): tf.TensorInfo[] {
  const { q, kv, tree, shape, sinks } = inputs;
  const { parents, chain } = tree;
  const [y, logSum] = outputs(inputs);
  const rows = tileRows(shape);
  gpu().run(tileForward(shape, sinks !== undefined), {
    tensors: { q, kv, parents, chain, ...(sinks && { sinks }), y, logSum },
    ...tiles(inputs, rows.queries, shape.heads / rows.heads),
  });
  return [y, logSum];
}

function gradientByTiles(inputs: AttentionGradientInputs): tf.TensorInfo[] {
  const { dy, y, logSum, q, kv, tree, shape } = inputs;
  const { parents, ends, chain, depths } = tree;
  const { dq, dkv, overlap } = gradients(inputs);
  const count = tree.rows * tree.slots * shape.heads;
  gpu().run(overlapProgram(shape), {
    tensors: { dy, y, overlap },
    uniforms: { count },
    workgroups: spread(Math.ceil(count / TILE_WORKGROUP)),
  });
  const rows = tileRows(shape);
  gpu().run(tileQueryGradient(shape), {
    tensors: { q, kv, dy, logSum, overlap, parents, chain, dq },
    ...tiles(inputs, rows.queries, shape.heads / rows.heads),
  });
  gpu().run(tileKeyGradient(shape), {
    tensors: {
      ...{ q, kv, dy, logSum, overlap, ends, dkv },
      ...(shape.window !== null && { depths }),
    },
    ...tiles(inputs, ROWS, shape.kvHeads),
  });
  gpu().dispose(overlap);
  return [dq, dkv];
}

/** y and logSum */
function outputs({ tree, shape }: AttentionInputs): [tf.TensorInfo, tf.TensorInfo] {
  const n = tree.rows * queriesOf(shape, tree).count;
  return [gpu().output([n, shape.heads * shape.headDim]), gpu().output([n, shape.heads])];
}

function gradients({ tree, shape }: AttentionInputs) {
  const { heads, kvHeads, headDim } = shape;
  const n = tree.rows * tree.slots;
  return {
    dq: gpu().output([n, heads * headDim]),
    dkv: gpu().output([n, 2 * kvHeads * headDim]),
    overlap: gpu().output([n, heads]),
  };
}

/** @param block queries, or keys, of a subgroup @param heads subgroups for each of those */
function subgroups(inputs: AttentionInputs, block: number, heads: number) {
  const { uniforms, blocks } = extent(inputs, block);
  return { uniforms, workgroups: spread(Math.ceil((blocks * heads * LANES) / WORKGROUP)) };
}

/** @param block queries, or keys, of a tile @param heads tiles for each of those */
function tiles(inputs: AttentionInputs, block: number, heads: number) {
  const { uniforms, blocks } = extent(inputs, block);
  return { uniforms, workgroups: spread(blocks * heads) };
}

/** A window that no tree is as deep as. */
const NO_WINDOW = 0x7fffffff;

function extent({ tree, shape }: AttentionInputs, block: number) {
  const { rows, slots } = tree;
  const { first, count: queries } = queriesOf(shape, tree);
  const { scale, window, softCap } = shape;
  const blocks = Math.ceil(queries / block);
  return {
    uniforms: {
      ...{ rows, blocks, slots, first, queries, scale },
      window: window ?? NO_WINDOW,
      softCap: softCap ?? 0,
    },
    blocks: rows * blocks,
  };
}
