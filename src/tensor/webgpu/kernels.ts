// All WGSL kernels of the lab, put in the place of their compositions on the webgpu backend.
import { registerActivation } from '../ops/activation/webgpu.ts';
import { registerAdamW } from '../ops/adamw/webgpu.ts';
import { registerAttention } from '../ops/attention/webgpu.ts';
import { registerDraw } from '../ops/draw/webgpu.ts';
import { registerEmbedding } from '../ops/embedding/webgpu.ts';
import { registerLinear } from '../ops/linear/webgpu.ts';
import { registerNorm } from '../ops/norm/webgpu.ts';
import { registerRotateHeads } from '../ops/rotate-heads/webgpu.ts';
import { registerRows } from '../ops/rows/webgpu.ts';
import { registerTrieLoss } from '../ops/trie-loss/webgpu.ts';

/** Idempotent; to be called once tfjs's webgpu backend is registered. */
export function registerWebGpuKernels(): void {
  registerActivation();
  registerAdamW();
  registerAttention();
  registerDraw();
  registerEmbedding();
  registerLinear();
  registerNorm();
  registerRotateHeads();
  registerRows();
  registerTrieLoss();
}
