// What every evaluation is given beside a model: its run, the measured prompts, and what it wished for.
import type { Embedder } from './embedder.ts';
import type { RunOptions } from './run.ts';
import type { SamplingTask } from './sampling-task.ts';

export interface Tools extends RunOptions {
  /** The prompts that the experiment is scored on, with their targets. */
  readonly measured: readonly SamplingTask[];
  /** There where the evaluation asked for one. */
  readonly embedder?: Embedder;
}
