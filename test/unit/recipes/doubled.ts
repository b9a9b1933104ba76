// A kernel as someone would add it, whole in one file: each entry of a vector twice as large.
import { defineKernel, implementKernel } from '../../../src/tensor/kernel.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { gpu, spread, type Program } from '../../../src/tensor/webgpu/gpu.ts';

export interface DoubledArguments {
  /** [n] */
  readonly x: tf.Tensor1D;
}

/** -> [y] of the size of x: what it computes, plainly */
export const doubledKernel = defineKernel<DoubledArguments>('LabDoubled', ({ x }) => [
  tf.mul(x, 2),
]);

const WORKGROUP = 64;

const program: Program = {
  name: 'doubled',
  reads: { x: 'array<f32>' },
  writes: { y: 'array<f32>' },
  uniforms: { total: 'u32' },
  code: `
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * count.x) * ${WORKGROUP}u + local;
  if (i < u.total) { y[i] = x[i] + x[i]; }
}`,
};

export function registerDoubled(): void {
  implementKernel(doubledKernel, 'webgpu', ({ x }) => {
    const y = gpu().output(x.shape);
    gpu().run(program, {
      tensors: { x, y },
      uniforms: { total: x.size },
      workgroups: spread(Math.ceil(x.size / WORKGROUP)),
    });
    return [y];
  });
}
