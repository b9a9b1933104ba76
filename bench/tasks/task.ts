// One piece of work for one peer in one thread: what the driver asks for and what it hears back.
import type { ModelFiles } from '../../src/model/files/model-files.ts';
import type { WeightFormat } from '../../src/tensor/matrix.ts';
import type { ModelConfig } from '../model/sizes.ts';
import type { PeerName, Repeatable, Surroundings } from '../peers/peer.ts';
import type { BatchSize, Layout } from '../workload/soft-batch.ts';

/** Plain data. */
export type BenchTask =
  TrainingTask | ExactScoreTask | ProductTask | ScoringTask | DrawingTask | MemoryTask;

/** A run is one optimizer step; its figure the loss before the update. */
export interface TrainingTask {
  readonly kind: 'training';
  readonly peer: PeerName;
  readonly config: ModelConfig;
  readonly batch: BatchSize;
  readonly layout: Layout;
  readonly format: WeightFormat;
  /** That compute at once, as in a study; unless given, one that takes all prompts at once. */
  readonly threads?: number;
  readonly seed: number;
}

/** A run scores a prompt's answers with the adapted model; its figure is their mean loss, in nats. */
export interface ExactScoreTask {
  readonly kind: 'exact score';
  readonly config: ModelConfig;
  readonly promptTokens: number;
  readonly format: WeightFormat;
  readonly seed: number;
}

/** A run is `repeats` products of square matrices, one after the other. */
export interface ProductTask {
  readonly kind: 'product';
  readonly peer: PeerName;
  readonly size: number;
  readonly repeats: number;
}

/**
 * A run scores prompts exactly with the built-in model, off the trie all answers, with a row each only
 * those that are drawn. Its figure is the mean log-probability of these, in nats.
 */
export interface ScoringTask {
  readonly kind: 'scoring';
  readonly method: 'trie' | 'row per answer';
  /** Places in the list of the paper's selected prompts. */
  readonly prompts: readonly number[];
  /** Answers drawn for each prompt; all where it has no more. */
  readonly answers: number;
  /** Rows that pass the model together. */
  readonly rows: number;
  readonly seed: number;
}

/** A run samples answers to one prompt from the built-in model; its figure is their number. */
export interface DrawingTask {
  readonly kind: 'sampling';
  readonly method: 'together' | 'one by one';
  readonly answers: number;
  readonly seed: number;
}

/** A run is one step of the lab on a batch of its own, lengths varying; its figure the loss. */
export interface MemoryTask {
  readonly kind: 'memory';
  readonly config: ModelConfig;
  readonly batch: BatchSize;
  readonly format: WeightFormat;
  readonly seed: number;
}

/** What is held after a step. Bytes; those of the pool are null where tfjs has no pool of ours. */
export interface Held {
  readonly tensors: number;
  readonly tensorBytes: number;
  readonly poolBytes: number | null;
  /** Of buffers in use, the most during the step; on wasm the heap, which never shrinks. */
  readonly peakBytes: number | null;
  /** The same, as it was predicted for this step's batch. */
  readonly estimatedBytes: number;
}

/** What a run of scoring was about. */
export interface Scored {
  /** Of all prompts together. */
  readonly answers: number;
  readonly drawn: number;
  /** That pass the model for all answers, padding not counted. */
  readonly tokens: number;
  /** For all answers: the time of each prompt's drawn ones, scaled up where there are others. */
  readonly seconds: number;
}

export interface Run {
  readonly seconds: number;
  readonly figure: number;
  /** GPU dispatches; null where there are none. */
  readonly dispatches: number | null;
  /** Of sampling: how often each answer was given, by its tokens. */
  readonly counts?: Readonly<Record<string, number>>;
  readonly scored?: Scored;
  /** Of training watched for its memory. */
  readonly held?: Held;
}

/** What a thread knows of the place it runs in. */
export interface Workplace extends Surroundings {
  readonly builtin: ModelFiles;
}

/** Work in progress. */
export interface OpenedTask extends Repeatable {
  /** What else is known of the last run. */
  readonly details?: () => Pick<Run, 'counts' | 'scored' | 'held'>;
}
