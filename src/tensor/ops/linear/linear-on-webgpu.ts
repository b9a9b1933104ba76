// Linear maps on WebGPU: which programs, on how much.
import { implementKernel } from '../../kernel.ts';
import type * as tf from '../../tf.ts';
import { choose } from '../../webgpu/choice.ts';
import { gemmWorkgroups } from '../../webgpu/gemm.ts';
import { gpu, spread } from '../../webgpu/gpu.ts';
import { product } from '../../webgpu/product.ts';
import { narrowVariant, onProcessor, wantedInvocations } from '../../webgpu/tuning.ts';
import {
  backwardBranch,
  branchByFour,
  dropoutValues,
  forwardBranch,
  partValues,
} from './branch-wgsl.ts';
import {
  inputGradientKernel,
  linearKernel,
  loraGradientKernel,
  sumsKernel,
} from './linear-kernels.ts';
import type {
  InputGradientArguments,
  LinearArguments,
  LoraGradientArguments,
} from './linear-kernels.ts';
import { dLowProgram, lowProgram } from './lora-wgsl.ts';
import { loraStretchesProgram, tokenSumsProgram, tokenSumsWorkgroups } from './token-sums-wgsl.ts';

export function registerLinear(): void {
  implementKernel(linearKernel, 'webgpu', forward);
  implementKernel(inputGradientKernel, 'webgpu', inputGradient);
  implementKernel(loraGradientKernel, 'webgpu', branchGradient);
  implementKernel(sumsKernel, 'webgpu', ({ a, b }) => {
    const [rows, columns] = b.shape;
    return [product('columns', a, { format: 'f32', rows, columns, values: b })];
  });
}

function forward({ x, weight, bias, residual, lora }: LinearArguments): tf.TensorInfo[] {
  const options = { ...(bias && { bias }), ...(residual && { added: residual }) };
  if (lora === undefined) return [product('rows', x, weight, options)];
  const { parameters, rank, aStart, parts, dropout } = lora;
  const [n, k] = x.shape;
  const byFour = branchByFour(lora, k, weight.rows);
  const variant = narrowVariant(n, byFour);
  const low = gpu().output([n, parts.length * rank]);
  gpu().run(lowProgram(dropout !== undefined, byFour, variant), {
    tensors: { x, parameters, low },
    uniforms: {
      ...{ n, k, m: rank, parts: parts.length, aStart },
      ...(dropout && dropoutValues(n, dropout)),
    },
    workgroups: [...gemmWorkgroups(variant, n, rank), parts.length],
  });
  const branch = {
    ...forwardBranch(byFour),
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
    ...backwardBranch(dropout !== undefined, branchByFour(lora, weight.columns, weight.rows)),
    tensors: { dLow, parameters },
    values: {
      parts: parts.length,
      rank,
      aStart,
      ...(dropout && dropoutValues(dy.shape[0], dropout)),
    },
  };
  return [product('columns', dy, weight, { ...options, branch })];
}

function branchGradient({ dy, x, low, lora, gradient }: LoraGradientArguments): tf.TensorInfo[] {
  const { parameters, rank, parts, aStart, dropout } = lora;
  const [[n, outputs], [, inputs]] = [dy.shape, x.shape];
  const byFour = branchByFour(lora, inputs, outputs);
  const variant = narrowVariant(n, byFour);
  const dLow = gpu().output([n, parts.length * rank]);
  gpu().run(dLowProgram(byFour, variant), {
    tensors: { dy, parameters, dLow },
    uniforms: { n, outputs, m: rank, ...partValues(lora) },
    workgroups: [...gemmWorkgroups(variant, n, rank), parts.length],
  });

  // Few results over many tokens: cut into stretches where one would leave the adapter idle.
  const aSize = parts.length * rank * inputs;
  const allSize = parts.reduce((sum, { size }) => sum + size * rank, aSize);
  const most = Math.ceil(n / 32);
  const height = onProcessor() ? Math.min(16, 4 * Math.ceil(rank / 4)) : 4;
  const invocations = allSize / (4 * height);
  const wanted = Math.floor(wantedInvocations() / invocations);
  const fitting = Math.max(1, Math.min(most, wanted));
  const stretches = choose(fitting, [1, 2]);
  const stretched = stretches > 1;
  const options = { dropout: dropout !== undefined, byFour, stretched, height };
  const places = { aStart, aSize, allSize, ...partValues(lora) };
  const into = stretched ? { sums: gpu().output([stretches, allSize]) } : { gradient };
  gpu().run(tokenSumsProgram(options), {
    tensors: { x, dy, low, dLow, ...into },
    uniforms: {
      ...{ n, inputs, outputs, stretch: Math.ceil(n / stretches) },
      ...places,
      ...(dropout && dropoutValues(n, dropout)),
    },
    workgroups: tokenSumsWorkgroups(
      options,
      rank,
      Math.max(inputs, ...parts.map(({ size }) => size)),
      2 * parts.length * stretches,
    ),
  });
  if (into.sums === undefined) return [dLow];
  gpu().run(loraStretchesProgram, {
    tensors: { sums: into.sums, gradient },
    uniforms: { stretches, ...places },
    workgroups: spread(Math.ceil(allSize / 64)),
  });
  gpu().dispose(into.sums);
  return [dLow];
}
