// What a running study works with, and what it leaves behind to be continued.
import type { LanguageModel } from '../../model/language-model.ts';
import type { LoraConfig } from '../../model/adapter/lora.ts';
import type { TrainerState } from '../../training/trainer.ts';
import type { Checkpoint, Environment, StudyEvent } from '../events.ts';
import type { Experiment, Split } from '../experiment/experiment.ts';
import type { LaneThreads } from './lanes/lane-messages.ts';
import type { ModelPool } from './lanes/model-pool.ts';
import type { StudyClock } from './study-clock.ts';
import type { StudyPrompt } from '../plan/study-prompt.ts';
import type { Task } from './study-tasks.ts';

/** A model that a study uses beside its own. */
export interface OpenedModel {
  /** With the version that was opened. */
  readonly name: string;
  readonly model: LanguageModel;
  dispose(): void;
}

export interface StudyContext {
  readonly model: LanguageModel;
  readonly environment: Environment;
  /** Opens another model by its name, yielding the progress. @throws InputError, SourceError */
  readonly openModel?: (name: string) => AsyncGenerator<StudyEvent, OpenedModel>;
  /** Beside this one, that copies of the model may work on; none unless given. */
  readonly threads?: LaneThreads | undefined;
  readonly signal?: AbortSignal;
  /** A race: arms train step by step in turns, and the watched prompt is scored after every step. */
  readonly inTurns?: boolean;
  /** Goes on from here instead of starting; the events before it are not repeated. */
  readonly resume?: Checkpoint;
}

/** A prompt that every arm is scored on. */
export interface Measured {
  readonly split: Split;
  readonly task: Task;
}

/** Everything the arms of a study share. */
export interface Study extends StudyContext {
  readonly experiment: Experiment;
  readonly lora: LoraConfig;
  readonly training: readonly StudyPrompt[];
  readonly measured: readonly Measured[];
  readonly clock: StudyClock;
  /** What is asked of the model is asked here. */
  readonly pool: ModelPool;
}

/** How far an arm has come; plain data, what a checkpoint holds. */
export interface ArmState {
  /** Null before the first step, and for arms that are not trained. */
  readonly trainer: TrainerState | null;
  /** Time spent in optimizer steps so far. */
  readonly seconds: number;
  /** Measured prompts that are scored already. */
  readonly scored: number;
  /** Further evaluations that are reported already. */
  readonly evaluated: number;
  /** At which the arm is sampled, once it is known; null for arms that are sampled as they are. */
  readonly temperature: number | null;
}

export const ARM_START: ArmState = {
  trainer: null,
  seconds: 0,
  scored: 0,
  evaluated: 0,
  temperature: null,
};

/** An arm leaves a checkpoint where it starts, where its training ends, and this often in between. */
export const CHECKPOINT_MS = 5_000;
