// What the page may ask of the workers, and what it is told: the whole traffic between them.
import type { Distribution } from '../core/distributions/distribution.ts';
import type { LabError } from './lab-error.ts';
import type { Checkpoint, Environment, StudyEvent } from './events.ts';
import type { ExperimentInput } from './experiment.ts';

/** Answers of a worker: errors cross as data, because thrown ones lose everything but their text. */
export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: LabError };

/** How a study ended. */
export type StudyEnd = 'done' | 'cancelled';

/** The worker that owns the GPU. It runs one study at a time. */
export interface LabWorker {
  /**
   * Picks a backend, or takes `only`, runs its self-test and says what it is. Needs no model. Later
   * calls answer as the first.
   */
  prepare(only?: Environment['backend']): Promise<Outcome<Environment>>;
  /**
   * Runs a study to its end. `onEvent` is a Comlink proxy; the study waits for it on every event,
   * so a busy page slows the study instead of piling up messages.
   */
  run(
    experiment: ExperimentInput,
    onEvent: (event: StudyEvent) => void | Promise<void>,
    resume?: Checkpoint,
  ): Promise<Outcome<StudyEnd>>;
  /** Takes effect at the next event, that is within one optimizer step. */
  pause(): Promise<void>;
  proceed(): Promise<void>;
  /** The run settles as `cancelled` within one optimizer step. */
  cancel(): Promise<void>;
}

/** What a person sees of a chosen distribution before any model is loaded. */
export interface TargetPreview {
  readonly id: string;
  readonly family: string;
  readonly prompt: string;
  readonly kind: Distribution['kind'] | 'choices';
  /** [answers] */
  readonly values: readonly string[];
  /** [answers] sums to 1. */
  readonly probabilities: readonly number[];
  /** In nats. */
  readonly entropy: number;
  /** Null for choices; may be infinite or NaN where the moment does not exist. */
  readonly mean: number | null;
  readonly variance: number | null;
  /** With one token per character; the model's own tokenizer may need fewer nodes. */
  readonly trie: { readonly nodes: number; readonly depth: number };
}

/** The worker that prepares targets on the CPU, so that a preview never waits for the GPU. */
export interface TargetsWorker {
  /** The one prompt of an experiment with `data.distribution` or `data.choices`. */
  preview(data: NonNullable<ExperimentInput['data']>): Promise<Outcome<TargetPreview>>;
}
