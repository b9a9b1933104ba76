// What the page may ask of the workers, and what it is told: the whole traffic between them.
import type { Distribution } from '../core/distributions/distribution.ts';
import type { FileProgress } from '../model/sources/download-progress.ts';
import type { HubAccess } from '../model/sources/hub-access.ts';
import type { LocalFile } from '../model/sources/local-folder.ts';
import type { CachedModel } from '../model/sources/model-cache.ts';
import type { ModelSummary } from '../model/sources/model-summary.ts';
import type { Notice } from '../model/sources/open-store.ts';
import type { TokenizerReport } from '../model/tokenizer/tokenizer-report.ts';
import type { WeightChoice } from '../model/weight-forms.ts';
import type { AdapterEvent, AnswerTokens, Checkpoint, Environment, StudyEvent } from './events.ts';
import type { Experiment, ExperimentInput } from './experiment/experiment.ts';

/** How a study ended. */
export type StudyEnd = 'done' | 'cancelled';

/**
 * The worker that owns the GPU. It runs one study, or loads one model, at a time. What any call of a
 * worker throws reaches its caller as a `LabFailure`.
 */
export interface LabWorker {
  readonly study: StudyCalls;
  readonly models: ModelCalls;
}

/** The worker that prepares targets on the CPU, so that a preview never waits for the GPU. */
export interface TargetsWorker {
  readonly targets: TargetsCalls;
}

/** Which backends may be used: all, unless it says otherwise. */
export interface BackendWish {
  readonly only?: Environment['backend'] | undefined;
  /** Those that failed before; the processor is never avoided for good. */
  readonly avoid?: readonly Environment['backend'][] | undefined;
}

/** How a run is done, where it is not a study from its beginning. */
export interface RunWay {
  /** Goes on from here. */
  readonly resume?: Checkpoint | undefined;
  /** A race: arms are trained step by step in turns, and the watched prompt is scored after every step. */
  readonly inTurns?: boolean | undefined;
  /** How many compute at once where the processor does; all of the machine's cores but one unless given. */
  readonly threads?: number | undefined;
  /** Trains nothing: arms that were trained before are asked something. */
  readonly asking?: Asking | undefined;
  /** Trains nothing: reports the files of the folder that trains the experiment with PyTorch. */
  readonly exporting?: boolean | undefined;
}

/** What is asked of arms beside a study. */
export interface Asking {
  /** By the names of arms, in the order in which they answer; null for the untouched model. */
  readonly adapters: Readonly<Record<string, AdapterEvent['files'] | null>>;
  /** Any prompt, and how many independent answers; they are reported a few at a time, arm by arm. */
  readonly prompt?: { readonly text: string; readonly answers: number };
  /** Sums of one digit, and as many of two, to see what was forgotten. */
  readonly sums?: number;
}

export interface StudyCalls {
  /** Picks a backend, runs its self-test and says what it is. Needs no model. Later calls answer as the first. */
  prepare(wish?: BackendWish): Promise<Environment>;
  /**
   * Runs a study to its end. `onEvent` is a Comlink proxy; the study waits for it on every event,
   * so a busy page slows the study instead of piling up messages.
   */
  run(
    experiment: ExperimentInput,
    onEvent: (event: StudyEvent) => void | Promise<void>,
    way?: RunWay,
  ): Promise<StudyEnd>;
  /** Takes effect at the next event, that is within one optimizer step. */
  pause(): Promise<void>;
  proceed(): Promise<void>;
  /** The run settles as `cancelled` within one optimizer step. */
  cancel(): Promise<void>;
  /** Answers between steps, as long as the worker lives. */
  ping(): Promise<void>;
}

export type {
  CachedModel,
  FileProgress,
  HubAccess,
  LocalFile,
  ModelSummary,
  Notice,
  TokenizerReport,
};

/** What is heard while a model is loaded. */
export type LoadEvent =
  | {
      readonly type: 'progress';
      readonly files: readonly FileProgress[];
      /** Bytes over the files begun so far. */
      readonly done: number;
      readonly total: number;
    }
  | ({ readonly type: 'notice' } & Notice);

/** What the model is wanted for, and how its matrices are kept meanwhile. */
export interface ModelWish {
  readonly format?: WeightChoice;
  /** Prompts per optimizer step that the memory must do for. */
  readonly batch?: number;
}

/**
 * Choosing a model. `model` is written as in an experiment: `builtin`, `hf:owner/name[@revision]` or
 * plain `owner/name`, the web address of a folder, or what `openFolder` or
 * `openAdapter` returned.
 */
export interface ModelCalls {
  /** How the hub is reached from now on; a token that is not given again is forgotten. */
  setAccess(access: HubAccess): Promise<void>;
  /** Makes a chosen or dropped folder a model, as long as the worker lives; returns its name. */
  openFolder(name: string, files: readonly LocalFile[]): Promise<string>;
  /**
   * Makes a model with a chosen or dropped PEFT adapter merged into its weights a model, as long as the
   * worker lives; returns its name. The adapter must fit the model.
   */
  openAdapter(model: string, name: string, files: readonly LocalFile[]): Promise<string>;
  /** What the model is and whether it fits; reads its configuration and headers only. */
  summarise(model: string, wish?: ModelWish): Promise<ModelSummary>;
  /** How the model cuts numbers; reads the files of its tokenizer, a few megabytes. */
  describeTokenizer(model: string): Promise<TokenizerReport>;
  /** How the model writes answers; reads the files of its tokenizer. */
  cutAnswers(model: string, answers: readonly string[]): Promise<AnswerTokens>;
  /**
   * Hands over the model, its adapter merged into it, as one GGUF file with matrices in Q8_0, piece by piece, and
   * returns the file's name. `onPiece` is a Comlink proxy, and every piece waits for it.
   */
  saveAsGguf(
    model: string,
    onPiece: (piece: Uint8Array<ArrayBuffer>) => void | Promise<void>,
  ): Promise<string>;
  /** Fetches what is missing and makes the model the one in use. `onEvent` is a Comlink proxy. */
  load(
    model: string,
    wish: ModelWish,
    onEvent: (event: LoadEvent) => void | Promise<void>,
  ): Promise<'done' | 'cancelled'>;
  /** The load settles as `cancelled`; what has come so far is kept. */
  cancelLoad(): Promise<void>;
  cachedModels(): Promise<readonly CachedModel[]>;
  /** One of them by its key, or all. */
  deleteCached(key?: string): Promise<void>;
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
  /** Probability beyond the last answer where the paper's rules cut the answers, else 0. */
  readonly cut: number;
  /** In nats. */
  readonly entropy: number;
  /** Null for choices; may be infinite or NaN where the moment does not exist. */
  readonly mean: number | null;
  readonly variance: number | null;
  /** With one token per character; the model's own tokenizer may need fewer nodes. */
  readonly trie: { readonly nodes: number; readonly depth: number };
}

/** What training an arm will take. */
export interface PlannedEffort {
  readonly arm: string;
  readonly steps: number;
  /** Prompts shown over all steps, and of how many different ones. */
  readonly prompts: number;
  readonly distinctPrompts: number;
  /** Sampled for each prompt shown; `trie` learns from all at once. */
  readonly answers: number | 'trie';
  readonly decimals: number;
  /** Most answers that a prompt has. */
  readonly bins: number;
  /** Estimates over all steps; answers that begin alike share their tokens. */
  readonly promptTokens: number;
  readonly answerTokens: number;
}

export interface TargetsCalls {
  /** The one prompt of an experiment with `data.distribution` or `data.choices`, and its preset. */
  preview(
    data: NonNullable<ExperimentInput['data']>,
    preset?: Experiment['training']['preset'],
  ): Promise<TargetPreview>;
  /** What each trained arm of an experiment will take, estimated without a model. */
  effort(experiment: ExperimentInput): Promise<readonly PlannedEffort[]>;
}
