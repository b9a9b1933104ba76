// Everything that is measured on one backend, as plain data.
import { trainingFigures } from './training.ts';
import type { TrainingFigures } from './training.ts';
import { matMulFigures } from './mat-mul.ts';
import type { MatMulFigures } from './mat-mul.ts';
import type { SizeName, SizeOptions } from './problem.ts';

export type Part = 'train' | 'matmul';

export interface BenchOptions extends SizeOptions {
  readonly sizes: readonly SizeName[];
  readonly parts: readonly Part[];
  readonly steps: number;
  readonly peers: readonly ('stock' | 'jax-js')[];
  /** config.json of the built-in model. */
  readonly config?: unknown;
}

export interface BenchFigures {
  readonly matmul?: MatMulFigures;
  readonly train: readonly (TrainingFigures & {
    /** Of the best measured rate of products on this adapter. */
    readonly rooflineFraction: number | null;
  })[];
}

export async function measure(
  { sizes, parts, ...options }: BenchOptions,
  device: 'webgpu' | 'wasm',
): Promise<BenchFigures> {
  const matmul = parts.includes('matmul') ? await matMulFigures(device, options.peers) : undefined;
  const train: BenchFigures['train'][number][] = [];
  for (const size of parts.includes('train') ? sizes : []) {
    const figures = await trainingFigures({ size, ...options }, device);
    const own = figures.peers.find(({ name }) => name === 'ours')!;
    const rate = 'medianSeconds' in own ? figures.gigaflops / own.medianSeconds : null;
    const rooflineFraction = matmul && rate !== null ? rate / matmul.best : null;
    train.push({ ...figures, rooflineFraction });
  }
  return { ...(matmul && { matmul }), train };
}
