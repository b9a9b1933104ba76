// Row moves on WebGPU.
import { implementKernel } from '../../kernel.ts';
import * as tf from '../../tf.ts';
import { gpu, spread } from '../../webgpu/gpu.ts';
import type { Program } from '../../webgpu/gpu.ts';
import { tableRows } from '../embedding/embedding-on-webgpu.ts';
import { gatherRowsKernel, scatterAddRowsKernel } from './rows.ts';
import type { GatherRowsArguments, ScatterAddRowsArguments } from './rows.ts';

export function registerRows(): void {
  implementKernel(gatherRowsKernel, 'webgpu', gather);
  implementKernel(scatterAddRowsKernel, 'webgpu', scatterAdd);
}

const WORKGROUP = 64;

function gather({ table, indices }: GatherRowsArguments): tf.TensorInfo[] {
  const [rows, columns] = table.shape;
  return [tableRows({ format: 'f32', rows, columns, values: table }, indices, 1)];
}

function scatterAdd({ dy, indices, m }: ScatterAddRowsArguments): tf.TensorInfo[] {
  const width = dy.shape[1];
  const sums = gpu().zeros([m, width]);
  if (indices.length === 0) return [sums];
  const { places, targets } = sourcesOf(indices);
  const links = tf.tensor1d(places, 'int32');
  gpu().run(scatterProgram, {
    tensors: { dy, links, sums },
    uniforms: { width, targets },
    workgroups: spread(Math.ceil((targets * width) / WORKGROUP)),
  });
  links.dispose();
  return [sums];
}

/**
 * Rows that something is added to [targets], where their sources begin [targets + 1], and the
 * sources in their order, one after the other.
 */
function sourcesOf(indices: Int32Array): { places: Int32Array; targets: number } {
  const sources = new Map<number, number[]>();
  indices.forEach((row, i) => {
    const own = sources.get(row);
    if (own) own.push(i);
    else sources.set(row, [i]);
  });
  const start = [0];
  for (const own of sources.values()) start.push(start.at(-1)! + own.length);
  const places = Int32Array.from([...sources.keys(), ...start, ...[...sources.values()].flat()]);
  return { places, targets: sources.size };
}

/** Every invocation adds up one column of one row: one order of additions. */
const scatterProgram: Program = {
  name: 'scatter add rows',
  reads: { dy: 'array<f32>', links: 'array<i32>' },
  writes: { sums: 'array<f32>' },
  uniforms: { width: 'u32', targets: 'u32' },
  code: `
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * count.x) * ${WORKGROUP}u + local;
  let target_row = i / u.width;
  let column = i % u.width;
  if (target_row >= u.targets) { return; }
  let sources = 2u * u.targets + 1u;
  let end = u32(links[u.targets + target_row + 1u]);
  var sum = 0.0;
  for (var s = u32(links[u.targets + target_row]); s < end; s += 1u) {
    sum += dy[u32(links[sources + s]) * u.width + column];
  }
  sums[u32(links[target_row]) * u.width + column] = sum;
}`,
};
