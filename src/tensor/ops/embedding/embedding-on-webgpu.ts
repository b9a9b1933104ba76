// Rows of tables in any format on WebGPU.
import { implementKernel } from '../../kernel.ts';
import type { Matrix } from '../../matrix.ts';
import * as tf from '../../tf.ts';
import { gpu, spread } from '../../webgpu/gpu.ts';
import type { Program } from '../../webgpu/gpu.ts';
import { weightReader, weightTensors } from '../../webgpu/matrix-loads.ts';
import { embedKernel } from './embedding.ts';

export function registerEmbedding(): void {
  implementKernel(embedKernel, 'webgpu', ({ table, tokens, scale }) => [
    tableRows(table, tokens, scale),
  ]);
}

const WORKGROUP = 64;

/** @param indices [n], each in 0 .. table.rows @returns [n, columns] the table's rows times `scale` */
export function tableRows(table: Matrix, indices: Int32Array, scale: number): tf.TensorInfo {
  const fours = Math.ceil(table.columns / 4);
  const n = indices.length;
  const rows = gpu().output([n, table.columns]);
  if (n === 0) return rows;
  const places = tf.tensor1d(indices, 'int32');
  gpu().run(tableProgram(table), {
    tensors: { places, ...weightTensors(table), rows },
    uniforms: { wColumns: table.columns, fours, total: n * fours, scale },
    workgroups: spread(Math.ceil((n * fours) / WORKGROUP)),
  });
  places.dispose();
  return rows;
}

/** Every invocation reads four columns of a row. */
function tableProgram(table: Matrix): Program {
  const { name, reads, code } = weightReader(table);
  const whole = table.columns % 4 === 0;
  const store = whole
    ? 'rows[i] = values;'
    : `for (var j = 0u; j < min(4u, u.wColumns - 4u * four); j += 1u) {
    rows[i / u.fours * u.wColumns + 4u * four + j] = values[j];
  }`;
  return {
    name: `rows of ${name}${whole ? ' by four' : ''}`,
    reads: { places: 'array<i32>', ...reads },
    writes: { rows: whole ? 'array<vec4f>' : 'array<f32>' },
    uniforms: { wColumns: 'u32', fours: 'u32', total: 'u32', scale: 'f32' },
    code: `${code}
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) local: u32) {
  let i = (group.x + group.y * count.x) * ${WORKGROUP}u + local;
  if (i >= u.total) { return; }
  let four = i % u.fours;
  let values = u.scale * weight(u32(places[i / u.fours]), four);
  ${store}
}`,
  };
}
