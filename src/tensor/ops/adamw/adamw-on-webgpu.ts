// AdamW on WebGPU: one dispatch for all parameters.
import { implementKernel } from '../../kernel.ts';
import type * as tf from '../../tf.ts';
import { gpu, spread } from '../../webgpu/gpu.ts';
import type { Program } from '../../webgpu/gpu.ts';
import { rowVectors } from '../../webgpu/row-team.ts';
import type { RowVectors } from '../../webgpu/row-team.ts';
import { adamwKernel, adamwRates } from './adamw.ts';
import type { AdamWArguments } from './adamw.ts';

export function registerAdamW(): void {
  implementKernel(adamwKernel, 'webgpu', update);
}

const WORKGROUP = 64;

function update(args: AdamWArguments): tf.TensorInfo[] {
  const { parameters, gradient, first, second, decay, beta1, beta2, epsilon } = args;
  const vectors = rowVectors(parameters.size);
  const total = parameters.size / vectors.columns;
  const [p1, m1, v1] = [0, 1, 2].map(() => gpu().output(parameters.shape)) as [
    tf.TensorInfo,
    tf.TensorInfo,
    tf.TensorInfo,
  ];
  gpu().run(adamwProgram(vectors, decay !== undefined), {
    tensors: {
      p: parameters,
      g: gradient,
      m: first,
      v: second,
      p1,
      m1,
      v1,
      ...(decay && { decay }),
    },
    uniforms: {
      ...{ total, beta1, beta2, epsilon, rest1: 1 - beta1, rest2: 1 - beta2 },
      ...adamwRates(args),
    },
    workgroups: spread(Math.ceil(total / WORKGROUP)),
  });
  return [p1, m1, v1];
}

function adamwProgram({ array, type }: RowVectors, decay: boolean): Program {
  return {
    name: `adamw ${type}${decay ? ' decay' : ''}`,
    reads: { p: array, g: array, m: array, v: array, ...(decay && { decay: array }) },
    writes: { p1: array, m1: array, v1: array },
    uniforms: {
      ...{ total: 'u32', beta1: 'f32', beta2: 'f32', epsilon: 'f32', rest1: 'f32', rest2: 'f32' },
      ...{ stepSize: 'f32', secondScale: 'f32', shrink: 'f32' },
    },
    code: `
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * count.x) * ${WORKGROUP}u + local;
  if (i >= u.total) { return; }
  let slope = g[i];
  let mean = u.beta1 * m[i] + u.rest1 * slope;
  let square = u.beta2 * v[i] + u.rest2 * slope * slope;
  m1[i] = mean;
  v1[i] = square;
  let kept = 1.0 - u.shrink${decay ? ' * decay[i]' : ''};
  p1[i] = p[i] * kept - u.stepSize * mean / (sqrt(square * u.secondScale) + u.epsilon);
}`,
  };
}
