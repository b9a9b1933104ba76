// Choosing tokens on WebGPU: chunk by chunk of the vocabulary, nothing read back but the tokens.
import { implementKernel } from '../../kernel.ts';
import * as tf from '../../tf.ts';
import { gpu, spread } from '../../webgpu/gpu.ts';
import type { Program } from '../../webgpu/gpu.ts';
import { product } from '../../webgpu/product.ts';
import { rowTeam, rowVectors, teamGroups } from '../../webgpu/row-team.ts';
import { isCapped, logitValues } from '../trie-loss/logit-wgsl.ts';
import { rangesOf } from '../trie-loss/passes.ts';
import type { Range } from '../trie-loss/passes.ts';
import { drawKernel, likeliestKernel } from './draw-kernels.ts';
import type { DrawArguments, LikeliestArguments } from './draw-kernels.ts';
import { DRAWING_WORKGROUP } from './each-wgsl.ts';
import { largestProgram, likeliestProgram } from './largest-wgsl.ts';
import {
  chunksProgram,
  prefixesProgram,
  searchProgram,
  SEGMENT,
  segmentsProgram,
} from './draw-wgsl.ts';

export function registerDraw(): void {
  implementKernel(drawKernel, 'webgpu', draw);
  implementKernel(likeliestKernel, 'webgpu', likeliest);
}

function likeliest(args: LikeliestArguments): tf.TensorInfo[] {
  const rows = args.hidden.shape[0];
  const { tops, candidates, chunks } = largest(args, (products) => gpu().dispose(products));
  const tokens = gpu().output([rows], 'int32');
  runEach(likeliestProgram, rows, { tops, candidates, tokens }, { chunks });
  disposeAll([tops, candidates]);
  return [tokens];
}

function draw(args: DrawArguments): tf.TensorInfo[] {
  const { hidden, head, pass, start, uniforms } = args;
  const draws = uniforms.length;
  if (draws === 0) return [tf.tensor1d([], 'int32')];
  const rows = hidden.shape[0];
  const ranges = rangesOf(head.rows, pass.chunk);
  const chunks = ranges.length;
  const masses = gpu().output([rows, chunks]);
  // One chunk is kept for the search; of several each is made once more.
  let kept: Weighed | undefined;
  const { tops, candidates } = largest(args, (products, range, chunk, largestLogits) => {
    const weighed = weigh(args, products, range, chunk, largestLogits, masses);
    if (chunks === 1) kept = weighed;
    else disposeAll([weighed.products, weighed.sums]);
  });
  const rowOfDraw = tf.tensor1d(rowsOfDraws(start, draws), 'int32');
  const numbers = tf.tensor1d(uniforms);
  const chosen = gpu().output([draws], 'int32');
  const below = gpu().output([draws]);
  const drawn = { rowOfDraw, uniforms: numbers, chosen, below };
  runEach(chunksProgram, draws, { tops, masses, ...drawn }, { chunks });

  const tokens = gpu().output([draws], 'int32');
  ranges.forEach((range, chunk) => {
    const { products, sums } =
      kept ?? weigh(args, productsOf(args, range), range, chunk, tops, masses);
    runEach(
      searchProgram(isCapped(pass)),
      draws,
      { products, tops, sums, rowOfDraw, chosen, below, tokens },
      { ...extent(range, chunk, chunks), first: range.first, ...logitValues(pass) },
    );
    disposeAll([products, sums]);
  });
  disposeAll([tops, candidates, masses, chosen, below]);
  tf.dispose([rowOfDraw, numbers]);
  return [tokens];
}

/** Products of a chunk, and the sums of its tokens' weights up to the end of each segment. */
interface Weighed {
  readonly products: tf.TensorInfo;
  readonly sums: tf.TensorInfo;
}

function weigh(
  { hidden, head, pass }: LikeliestArguments,
  products: tf.TensorInfo,
  range: Range,
  chunk: number,
  tops: tf.TensorInfo,
  masses: tf.TensorInfo,
): Weighed {
  const rows = hidden.shape[0];
  const { segments, ...sizes } = extent(range, chunk, rangesOf(head.rows, pass.chunk).length);
  const sums = gpu().output([rows, segments]);
  runEach(
    segmentsProgram(isCapped(pass)),
    rows * segments,
    { products, tops, sums },
    { ...sizes, segments, ...logitValues(pass) },
  );
  const { chunks } = sizes;
  runEach(prefixesProgram, rows, { sums, masses }, { segments, chunk, chunks });
  return { products, sums };
}

function extent({ size }: Range, chunk: number, chunks: number) {
  return { size, segments: Math.ceil(size / SEGMENT), chunk, chunks };
}

function productsOf({ hidden, head }: LikeliestArguments, { first, size }: Range): tf.TensorInfo {
  return product('rows', hidden, head, { first, count: size });
}

/** Largest logits of every row and chunk, with their tokens; `visit` takes over the products. */
function largest(
  args: LikeliestArguments,
  visit: (products: tf.TensorInfo, range: Range, chunk: number, tops: tf.TensorInfo) => void,
) {
  const { hidden, head, pass } = args;
  const rows = hidden.shape[0];
  const ranges = rangesOf(head.rows, pass.chunk);
  const chunks = ranges.length;
  const tops = gpu().output([rows, chunks]);
  const candidates = gpu().output([rows, chunks], 'int32');
  ranges.forEach((range, chunk) => {
    const products = productsOf(args, range);
    const vectors = rowVectors(range.size);
    const steps = range.size / vectors.columns;
    const team = rowTeam(steps);
    gpu().run(largestProgram(vectors, team, isCapped(pass)), {
      tensors: { products, tops, tokens: candidates },
      uniforms: { rows, steps, first: range.first, chunk, chunks, ...logitValues(pass) },
      workgroups: teamGroups(team, rows),
    });
    visit(products, range, chunk, tops);
  });
  return { tops, candidates, chunks };
}

function runEach(
  program: Program,
  total: number,
  tensors: Readonly<Record<string, tf.TensorInfo>>,
  uniforms: Readonly<Record<string, number>>,
): void {
  gpu().run(program, {
    tensors,
    uniforms: { total, ...uniforms },
    workgroups: spread(Math.ceil(total / DRAWING_WORKGROUP)),
  });
}

function rowsOfDraws(start: Int32Array, draws: number): Int32Array {
  const rows = new Int32Array(draws);
  for (let row = 0; row + 1 < start.length; row++) rows.fill(row, start[row], start[row + 1]);
  return rows;
}

function disposeAll(tensors: readonly tf.TensorInfo[]): void {
  for (const tensor of tensors) gpu().dispose(tensor);
}
