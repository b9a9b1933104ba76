// What `lab bench` is asked for.
import type { WeightFormat } from '../src/tensor/matrix.ts';
import type { ModelConfig } from './model/sizes.ts';
import type { PeerName } from './peers/peer.ts';
import type { BatchSize } from './workload/soft-batch.ts';
import type { SeriesOptions } from './series/series.ts';

export const PARTS = ['matmul', 'train', 'packing', 'score', 'sample', 'memory'] as const;
export type BenchPart = (typeof PARTS)[number];
/** What is measured beside PyTorch. */
export const TORCH_PARTS: readonly BenchPart[] = ['train', 'score'];
export const PEERS: readonly PeerName[] = ['lab', 'widened', 'tfjs', 'jax'];

export interface BenchSettings extends SeriesOptions {
  readonly parts: readonly BenchPart[];
  /** Configurations by the names of sizes. */
  readonly sizes: ReadonlyMap<string, ModelConfig>;
  /** The lab always among them. */
  readonly peers: readonly PeerName[];
  readonly batch: BatchSize;
  /** How the lab keeps matrices. */
  readonly format: WeightFormat;
  /** Beside PyTorch: how many threads compute a step, each number in turn. */
  readonly threads: readonly number[];
  /** Rows and columns of the products whose rate is measured. */
  readonly productSize: number;
  /** Of the 42 selected prompts, how many are scored both ways. */
  readonly scoredPrompts: number;
  /** Of each prompt's answers, how many get a row. */
  readonly scoredAnswers: number;
  /** Answers sampled together, and generations made one by one. */
  readonly answers: number;
  readonly generations: number;
  /** Steps that are watched for their memory. */
  readonly memorySteps: number;
  readonly seed: number;
}
