// What a running study reports. Every event is plain data that survives structured cloning.
import type { EvaluationName } from '../evaluation/names.ts';
import type { MethodName } from '../methods/names.ts';
import type { ExactFigures } from './exact-figures.ts';
import type { Split } from './experiment/experiment.ts';

export type Phase =
  'loading' | 'compiling' | 'preparing' | 'searching' | 'training' | 'scoring' | 'evaluating';

/** Where the study is. Totals are real; `total` is 0 only where nobody can know it beforehand. */
export interface PhaseEvent {
  readonly type: 'phase';
  readonly phase: Phase;
  /** The arm being worked on; absent in phases that serve all arms. */
  readonly arm?: string;
  readonly done: number;
  readonly total: number;
  readonly unit: 'bytes' | 'steps' | 'prompts' | 'kernels' | 'temperatures' | 'parts';
  /** What is evaluated in the phase `evaluating`. */
  readonly evaluation?: EvaluationName;
  /** Estimate for the whole study from here, once every kind of its parts has been timed. */
  readonly secondsLeft?: number;
  /** Estimate for the parts whose kind has been timed, where others are left as well. */
  readonly secondsAtLeast?: number;
}

/** The machine and versions that the numbers come from. */
export interface Environment {
  readonly backend: 'webgpu' | 'wasm' | 'cpu';
  /** The GPU as the browser names it, or the processor path, e.g. `wasm (SIMD)`. */
  readonly adapter: string;
  readonly model: string;
  /** Of the processor, that computed at the same time; figures do not depend on how many. */
  readonly threads?: number;
  readonly selfTest: 'passed' | 'not run';
  /** Why a faster backend was not used, if it was not; whole sentences. */
  readonly notice?: string;
  readonly versions: Readonly<Record<string, string>>;
}
/** Reported first, and again, with its place, where a study is gone on with. */
export interface EnvironmentEvent {
  readonly type: 'environment';
  readonly environment: Environment;
  readonly from?: { readonly arm: string; readonly step: number };
}

/** One optimizer step of one arm. */
export interface StepEvent {
  readonly type: 'step';
  readonly arm: string;
  /** 1-based. */
  readonly step: number;
  readonly steps: number;
  /** Mean loss since the previous read-back, in nats; null on steps where it was not read. */
  readonly loss: number | null;
  readonly learningRate: number;
  /** Cumulative over the arm. */
  readonly answerTokens: number;
  readonly promptTokens: number;
  /** What steps since the last report were taught by, before the model was ready for the arm's own. */
  readonly warmUp?: string;
  /** Time spent training this arm. */
  readonly seconds: number;
}

/** Exact scores of one arm on one prompt. Names as in results.json. */
export interface EvaluationRow extends ExactFigures {
  readonly arm: string;
  readonly split: Split;
  readonly family: string;
  /** Distribution identifier, e.g. `gaussian__mu_0__sigma_1`. */
  readonly id: string;
  /** [depths] parts of `kl`, by the depth of the trie's nodes; runs of earlier versions have none. */
  readonly kl_by_depth?: readonly number[];
  /** Where it was computed, as a place in the run's `segments`; left out in the first of them. */
  readonly segment?: number;
}
export interface RowEvent {
  readonly type: 'row';
  readonly row: EvaluationRow;
}

/** A prompt whose answer distribution is shown: sent once per prompt, before its snapshots. */
export interface TargetEvent {
  readonly type: 'target';
  readonly id: string;
  readonly split: Split;
  readonly family: string;
  readonly prompt: string;
  readonly kind: 'continuous' | 'discrete' | 'choices';
  /** [answers] as the model would write them. */
  readonly values: readonly string[];
  /** [answers] sums to 1. */
  readonly probabilities: readonly number[];
  /** In a race: how the model's tokenizer cuts the answers. */
  readonly tokens?: AnswerTokens;
}

/** The answers of a target as the model writes them; `buildTrie` makes their trie of it. */
export interface AnswerTokens {
  /** [answers][tokens], without the token that ends an answer. */
  readonly paths: readonly (readonly number[])[];
  readonly end: number;
  /** What each token stands for, by its id. */
  readonly texts: Readonly<Record<string, string>>;
}

/** An arm's exact answer distribution on a target's prompt, at one moment of training. */
export interface SnapshotEvent {
  readonly type: 'snapshot';
  readonly arm: string;
  readonly id: string;
  /** Optimizer steps taken; 0 is the untouched model. */
  readonly step: number;
  /** [answers] in the target's order. */
  readonly probabilities: readonly number[];
  /** 1 - sum of the probabilities: what the model would waste on other text. */
  readonly invalidMass: number;
  /** In a race: [edges] of the trie of the target's tokens, natural log-probabilities of the tokens. */
  readonly edges?: readonly number[];
}

/** Answers of an arm to a prompt beside the study: some more of them, with how often each was given. */
export interface AnswersEvent {
  readonly type: 'answers';
  readonly arm: string;
  readonly answers: readonly { readonly text: string; readonly count: number }[];
}

/** Sums that an arm did beside the study, to see what was forgotten. */
export interface SumsEvent {
  readonly type: 'sums';
  readonly arm: string;
  readonly sums: readonly {
    readonly prompt: string;
    readonly answer: string;
    readonly correct: boolean;
  }[];
}

/** A trained adapter as PEFT files. */
export interface AdapterEvent {
  readonly type: 'adapter';
  readonly arm: string;
  readonly files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
}

/** Everything `runStudy` needs to go on from here; opaque to everyone else. */
export interface Checkpoint {
  readonly arm: string;
  readonly step: number;
  readonly state: unknown;
}
export interface CheckpointEvent {
  readonly type: 'checkpoint';
  readonly checkpoint: Checkpoint;
}

/** Something a person should know that does not stop the study; a whole sentence. */
export interface WarningEvent {
  readonly type: 'warning';
  readonly message: string;
  readonly advice?: string;
}

/** A further evaluation of an arm, or what its method found out for it; for results.json. */
export interface ReportEvent {
  readonly type: 'report';
  readonly arm: string;
  readonly name: EvaluationName | MethodName;
  readonly report: unknown;
}

/** The next part of a file of a folder that is exported: pieces of one name follow each other. */
export interface FileEvent {
  readonly type: 'file';
  readonly name: string;
  readonly content: string | Uint8Array<ArrayBuffer>;
}

export interface DoneEvent {
  readonly type: 'done';
  readonly seconds: number;
}

export type StudyEvent =
  | PhaseEvent
  | EnvironmentEvent
  | StepEvent
  | RowEvent
  | TargetEvent
  | SnapshotEvent
  | AnswersEvent
  | SumsEvent
  | AdapterEvent
  | CheckpointEvent
  | WarningEvent
  | ReportEvent
  | FileEvent
  | DoneEvent;
