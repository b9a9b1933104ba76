// Norms on WebGPU: which programs, on how much.
import { implementKernel } from '../../kernel.ts';
import type * as tf from '../../tf.ts';
import { choose } from '../../webgpu/choice.ts';
import { gpu, spread } from '../../webgpu/gpu.ts';
import { rowTeam, rowVectors, teamGroups } from '../../webgpu/row-team.ts';
import { wantedInvocations } from '../../webgpu/tuning.ts';
import { normGradientKernel, normKernel } from './norm.ts';
import type { NormArguments, NormGradientArguments } from './norm.ts';
import { columnsProgram, normGradientProgram, normProgram, stretchesProgram } from './norm-wgsl.ts';

export function registerNorm(): void {
  implementKernel(normKernel, 'webgpu', forward);
  implementKernel(normGradientKernel, 'webgpu', gradient);
}

/** Invocations per workgroup of the programs that go through columns. */
const COLUMNS = 64;

function forward({ x, kind, eps, plusOne, weight, bias, added }: NormArguments): tf.TensorInfo[] {
  const [rows, width] = x.shape;
  const vectors = rowVectors(width);
  const team = rowTeam(width / vectors.columns);
  const y = gpu().output([rows, width]);
  const has = { bias: bias !== undefined, added: added !== undefined };
  gpu().run(normProgram(kind, vectors, team, has), {
    tensors: { x, weight, ...(bias && { bias }), ...(added && { added }), y },
    uniforms: { rows, steps: width / vectors.columns, width, eps, one: plusOne ? 1 : 0 },
    workgroups: teamGroups(team, rows),
  });
  return [y];
}

function gradient(args: NormGradientArguments): tf.TensorInfo[] {
  const { dy, x, kind, eps, plusOne, weight, bias, added, wantsParameters } = args;
  const [rows, width] = x.shape;
  const vectors = rowVectors(width);
  const team = rowTeam(width / vectors.columns);
  const dx = gpu().output([rows, width]);
  const moments = wantsParameters ? gpu().output([rows, 2]) : undefined;
  const has = { added: added !== undefined, moments: wantsParameters };
  gpu().run(normGradientProgram(kind, vectors, team, has), {
    tensors: { dy, x, weight, ...(added && { added }), dx, ...(moments && { moments }) },
    uniforms: { rows, steps: width / vectors.columns, width, eps, one: plusOne ? 1 : 0 },
    workgroups: teamGroups(team, rows),
  });
  if (moments === undefined) return [dx];
  const parameters = parameterGradients(dy, x, moments, bias !== undefined);
  gpu().dispose(moments);
  return [dx, ...parameters];
}

/** Sums over all rows, cut into stretches where there would be too few of them to keep a GPU busy. */
function parameterGradients(
  dy: tf.Tensor2D,
  x: tf.Tensor2D,
  moments: tf.TensorInfo,
  bias: boolean,
): tf.TensorInfo[] {
  const [rows, width] = x.shape;
  const most = Math.ceil(rows / 16);
  const fitting = Math.max(1, Math.min(most, Math.floor(wantedInvocations() / width)));
  const stretches = choose(fitting, [1, 2]);
  const stretch = Math.ceil(rows / stretches);
  const groups = Math.ceil(width / COLUMNS);
  const partial = () => gpu().output(stretches === 1 ? [width] : [stretches, width]);
  const sums = { dWeight: partial(), ...(bias && { dBias: partial() }) };
  gpu().run(columnsProgram(bias), {
    tensors: { dy, x, moments, ...sums },
    uniforms: { rows, width, stretch },
    workgroups: [groups, stretches],
  });
  if (stretches === 1) return Object.values(sums);
  return Object.values(sums).map((parts) => {
    const sum = gpu().output([width]);
    gpu().run(stretchesProgram, {
      tensors: { parts, sum },
      uniforms: { width, stretches },
      workgroups: spread(groups),
    });
    gpu().dispose(parts);
    return sum;
  });
}
