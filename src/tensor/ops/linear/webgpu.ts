// Linear maps on WebGPU: which programs, on how much.
import { implementKernel } from '../../kernel.ts';
import type * as tf from '../../tf.ts';
import { gpu, spread } from '../../webgpu/gpu.ts';
import { product } from '../../webgpu/product.ts';
import { wantedInvocations } from '../../webgpu/tuning.ts';
import { backwardBranch, dropoutValues, forwardBranch, partValues } from './branch-wgsl.ts';
import { inputGradientKernel, linearKernel, loraGradientKernel } from './kernels.ts';
import type { InputGradientArguments, LinearArguments, LoraGradientArguments } from './kernels.ts';
import {
  dLowProgram,
  lowProgram,
  NARROW,
  stretchesProgram,
  tokenSumProgram,
} from './lora-programs.ts';
import type { LoraBranch } from './lora-branch.ts';

export function registerLinear(): void {
  implementKernel(linearKernel, 'webgpu', forward);
  implementKernel(inputGradientKernel, 'webgpu', inputGradient);
  implementKernel(loraGradientKernel, 'webgpu', branchGradient);
}

/** Columns of an invocation divide this in every variant: blocks of parts aligned so are never mixed. */
const BLOCK = 8;

/** Workgroups of the narrow programs for a result of this size. */
const narrow = (rows: number, columns: number, layers: number) =>
  [
    Math.ceil(columns / (NARROW.width * NARROW.side)),
    Math.ceil(rows / (NARROW.height * NARROW.side)),
    layers,
  ] as const;

function forward({ x, weight, bias, residual, lora }: LinearArguments): tf.TensorInfo[] {
  const options = { ...(bias && { bias }), ...(residual && { added: residual }) };
  if (lora === undefined) return [product('rows', x, weight, options)];
  const { parameters, rank, aStart, parts, dropout } = lora;
  const [n, k] = x.shape;
  const low = gpu().output([n, parts.length * rank]);
  gpu().run(lowProgram(dropout !== undefined), {
    tensors: { x, parameters, low },
    uniforms: { n, k, parts: parts.length, rank, aStart, ...(dropout && dropoutValues(dropout)) },
    workgroups: narrow(n, rank, parts.length),
  });
  const mixed = parts.some(({ first, size }) => first % BLOCK !== 0 || size % BLOCK !== 0);
  const branch = {
    ...forwardBranch(mixed),
    tensors: { low, parameters },
    values: partValues(lora),
  };
  return [product('rows', x, weight, { ...options, branch }), low];
}

function inputGradient({ dy, weight, lora, dLow, added }: InputGradientArguments): tf.TensorInfo[] {
  const options = added ? { added } : {};
  if (lora === undefined || dLow === undefined) return [product('columns', dy, weight, options)];
  const { parameters, rank, aStart, parts, dropout } = lora;
  const branch = {
    ...backwardBranch(dropout !== undefined),
    tensors: { dLow, parameters },
    values: { parts: parts.length, rank, aStart, ...(dropout && dropoutValues(dropout)) },
  };
  return [product('columns', dy, weight, { ...options, branch })];
}

function branchGradient({ dy, x, low, lora, gradient }: LoraGradientArguments): tf.TensorInfo[] {
  const { parameters, rank, parts } = lora;
  const [n, outputs] = dy.shape;
  const dLow = gpu().output([n, parts.length * rank]);
  gpu().run(dLowProgram, {
    tensors: { dy, parameters, dLow },
    uniforms: { n, outputs, ...partValues(lora) },
    workgroups: narrow(n, rank, parts.length),
  });
  const [, inputs] = x.shape;
  const largest = Math.max(...parts.map(({ size }) => size));
  const bStart = parts[0]!.bStart;
  const bSize = parts.reduce((sum, { size }) => sum + size * rank, 0);
  const sides = [
    {
      of: 'A',
      tensors: { dLow, x },
      rows: rank,
      columns: inputs,
      region: lora.aStart,
      size: parts.length * rank * inputs,
    },
    { of: 'B', tensors: { dy, low }, rows: largest, columns: rank, region: bStart, size: bSize },
  ] as const;
  for (const side of sides) tokenSums(side, lora, { n, inputs, outputs }, gradient);
  return [dLow];
}

interface Side {
  readonly of: 'A' | 'B';
  readonly tensors: Readonly<Record<string, tf.TensorInfo>>;
  readonly rows: number;
  readonly columns: number;
  /** The place of the parts' matrices in the gradient, which lie one after the other. */
  readonly region: number;
  readonly size: number;
}

/** Few results over many tokens: cut into stretches where one would leave the adapter idle. */
function tokenSums(
  { of, tensors, rows, columns, region, size }: Side,
  lora: LoraBranch,
  sizes: { readonly n: number; readonly inputs: number; readonly outputs: number },
  gradient: tf.TensorInfo,
): void {
  const { parts, aStart, dropout } = lora;
  const invocations = size / (NARROW.height * NARROW.width);
  const most = Math.ceil(sizes.n / 32);
  const stretches = Math.max(1, Math.min(most, Math.floor(wantedInvocations() / invocations)));
  const stretch = Math.ceil(sizes.n / stretches);
  const into = stretches === 1 ? { gradient } : { sums: gpu().output([stretches, size]) };
  const drops = of === 'A' && dropout !== undefined;
  gpu().run(tokenSumProgram(of, drops, stretches > 1), {
    tensors: { ...tensors, ...into },
    uniforms: {
      ...sizes,
      ...{ aStart, stretch, region, regionSize: size },
      ...partValues(lora),
      ...(drops && dropoutValues(dropout)),
    },
    workgroups: narrow(rows, columns, parts.length * stretches),
  });
  if (into.sums === undefined) return;
  gpu().run(stretchesProgram, {
    tensors: { sums: into.sums, gradient },
    uniforms: { region, regionSize: size, stretches },
    workgroups: spread(Math.ceil(size / 64)),
  });
  gpu().dispose(into.sums);
}
