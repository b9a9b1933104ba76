// All WGSL kernels of the lab, put in the place of their compositions on the webgpu backend.
import { registerActivation } from '../ops/activation/activation-on-webgpu.ts';
import { registerAdamW } from '../ops/adamw/adamw-on-webgpu.ts';
import { registerAttention } from '../ops/attention/attention-on-webgpu.ts';
import { registerDraw } from '../ops/draw/draw-on-webgpu.ts';
import { registerEmbedding } from '../ops/embedding/embedding-on-webgpu.ts';
import { registerLinear } from '../ops/linear/linear-on-webgpu.ts';
import { registerNorm } from '../ops/norm/norm-on-webgpu.ts';
import { registerRotateHeads } from '../ops/rotate-heads/rotate-heads-on-webgpu.ts';
import { registerRows } from '../ops/rows/rows-on-webgpu.ts';
import { registerTrieLoss } from '../ops/trie-loss/trie-loss-on-webgpu.ts';

const REGISTRATIONS = [
  registerActivation,
  registerAdamW,
  registerAttention,
  registerDraw,
  registerEmbedding,
  registerLinear,
  registerNorm,
  registerRotateHeads,
  registerRows,
  registerTrieLoss,
];

/** Idempotent; to be called once tfjs's webgpu backend is registered. */
export function registerWebGpuKernels(): void {
  for (const register of REGISTRATIONS) register();
}
