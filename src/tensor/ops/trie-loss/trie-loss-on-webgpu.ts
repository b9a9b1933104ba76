// The loss on WebGPU: chunk by chunk of the vocabulary, its targets sparse on the device.
import { implementKernel } from '../../kernel.ts';
import { matMul } from '../../mat-mul.ts';
import * as tf from '../../tf.ts';
import { gpu } from '../../webgpu/gpu.ts';
import { product } from '../../webgpu/product.ts';
import { rowTeam, rowVectors, teamGroups } from '../../webgpu/row-team.ts';
import { lossGradientKernel, lossKernel, targetsKernel } from './trie-loss-kernels.ts';
import type {
  LossArguments,
  LossGradientArguments,
  TargetsArguments,
} from './trie-loss-kernels.ts';
import { isCapped, logitValues } from './logit-wgsl.ts';
import { rangesOf } from './passes.ts';
import type { Range } from './passes.ts';
import { chunkGradientProgram, statisticsProgram, totalProgram } from './trie-loss-wgsl.ts';
import { negativeEntropy } from './targets.ts';

export function registerTrieLoss(): void {
  implementKernel(lossKernel, 'webgpu', forward);
  implementKernel(lossGradientKernel, 'webgpu', (args) => tf.tidy(() => gradient(args)));
  implementKernel(targetsKernel, 'webgpu', logProbabilities);
}

/** -> [loss, state of the rows], and the products of every chunk if they are kept */
function forward(args: LossArguments): tf.TensorInfo[] {
  const { targets, kind } = args;
  const rows = targets.weight.length;
  const losses = gpu().output([rows]);
  const { state, kept } = statistics('loss', args, losses, args.pass.keeps);
  const loss = gpu().output([]);
  const team = rowTeam(rows);
  gpu().run(totalProgram(team), {
    tensors: { losses, loss },
    uniforms: {
      ...{ rows: 1, count: rows },
      constant: kind === 'kl' ? negativeEntropy(targets) : 0,
    },
    workgroups: teamGroups(team, 1),
  });
  gpu().dispose(losses);
  return [loss, state, ...kept];
}

function logProbabilities(args: TargetsArguments): tf.TensorInfo[] {
  const { length } = args.targets.token;
  if (length === 0) return [tf.tensor1d([])];
  const values = gpu().output([length]);
  const { state } = statistics('values', args, values, false);
  gpu().dispose(state);
  return [values];
}

/** Runs the chunks. @returns their products as well if it `keeps` them */
function statistics(
  wants: 'loss' | 'values',
  args: TargetsArguments,
  output: tf.TensorInfo,
  keeps: boolean,
): { state: tf.TensorInfo; kept: tf.TensorInfo[] } {
  const { hidden, head, targets, pass } = args;
  const rows = targets.weight.length;
  const state = gpu().output([rows, 4]);
  const sparse = upload(args);
  const ranges = rangesOf(head.rows, pass.chunk);
  const kept: tf.TensorInfo[] = [];
  ranges.forEach((range, c) => {
    const chunk = product('rows', hidden, head, { first: range.first, count: range.size });
    const { vectors, team, uniforms } = extent(rows, range);
    const { start, token, weight, probability } = sparse;
    const named = wants === 'loss' ? { losses: output, weight, probability } : { values: output };
    gpu().run(statisticsProgram(wants, vectors, team, isCapped(pass)), {
      tensors: { chunk, state, start, token, ...named },
      uniforms: {
        ...uniforms,
        ...logitValues(pass),
        begins: c === 0 ? 1 : 0,
        ends: c === ranges.length - 1 ? 1 : 0,
      },
      workgroups: teamGroups(team, rows),
    });
    if (keeps) kept.push(chunk);
    else gpu().dispose(chunk);
  });
  tf.dispose(Object.values(sparse));
  return { state, kept };
}

function gradient(args: LossGradientArguments): tf.Tensor[] {
  const { hidden, head, targets, pass, saved, factor, wantsHead } = args;
  const [state, ...kept] = saved;
  const rows = targets.weight.length;
  const sparse = upload(args);
  const slopes = gpu().output([sparse.token.size]);
  const capped = isCapped(pass);
  let dHidden: tf.TensorInfo | undefined;
  const dHead: tf.Tensor2D[] = [];
  for (const [c, range] of rangesOf(head.rows, pass.chunk).entries()) {
    const { first, size: count } = range;
    const own = kept[c];
    const chunk = own ? copyOf(own) : product('rows', hidden, head, { first, count });
    const { vectors, team, uniforms } = extent(rows, range);
    gpu().run(chunkGradientProgram(vectors, team, capped), {
      tensors: { chunk, state: state!, ...sparse, ...(capped && { slopes }) },
      uniforms: { ...uniforms, ...logitValues(pass), scale: factor / pass.temperature },
      workgroups: teamGroups(team, rows),
    });
    const onto = dHidden && { onto: dHidden };
    dHidden = product('columns', chunk, head, { first, count, ...onto });
    const dLogits = tf.engine().makeTensorFromTensorInfo(chunk) as tf.Tensor2D;
    if (wantsHead) dHead.push(matMul(dLogits, hidden, true, false));
    dLogits.dispose();
  }
  gpu().dispose(slopes);
  const result = tf.engine().makeTensorFromTensorInfo(dHidden!);
  return wantsHead ? [result, dHead.length === 1 ? dHead[0]! : tf.concat(dHead, 0)] : [result];
}

/** The gradient is made in place; the products may be asked for again. */
function copyOf(tensor: tf.TensorInfo): tf.TensorInfo {
  const copy = gpu().output(tensor.shape);
  gpu().copy(tensor, 0, copy, 0, tf.util.sizeFromShape(tensor.shape));
  return copy;
}

function extent(rows: number, { first, size }: Range) {
  const vectors = rowVectors(size);
  const steps = size / vectors.columns;
  return { vectors, team: rowTeam(steps), uniforms: { rows, steps, first, size } };
}

/** The targets as tensors; rows without any still need something to be bound. */
function upload({ targets: { weight, start, token, probability } }: TargetsArguments) {
  const none = token.length === 0;
  return {
    weight: tf.tensor1d(weight),
    start: tf.tensor1d(start, 'int32'),
    token: tf.tensor1d(none ? Int32Array.of(-1) : token, 'int32'),
    probability: tf.tensor1d(none ? Float32Array.of(0) : probability),
  };
}
