// The runs that survive a reload: what is kept of each.
import type { Checkpoint, Environment, StudyEvent } from '../events.ts';
import type { Experiment } from '../experiment/experiment.ts';
import type { LabError } from '../lab-error.ts';
import type { Summary } from '../results/summary.ts';

/**
 * `waiting` for the one before it in its series; `running` while a tab works on it: a tab that closes
 * leaves it `running`, with nobody at work.
 */
export type RunStatus = 'waiting' | 'running' | 'done' | 'cancelled' | 'failed';

/** A run as the history lists it; its events are read only when it is opened. */
export interface StoredRun {
  readonly id: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly status: RunStatus;
  /** With one seed: each of several has a run of its own. */
  readonly experiment: Experiment;
  /** Where the run stands among those of the other seeds. */
  readonly series?: { readonly id: string; readonly place: number; readonly count: number };
  readonly environment: Environment | null;
  readonly error: LabError | null;
  /** Family-balanced means on the first split that was scored, per arm. */
  readonly headline: Readonly<Record<string, Pick<Summary, 'kl' | 'tv' | 'valid_mass'>>>;
  /** How many of its records could not be written; left out where all were. */
  readonly unwritten?: number;
}

/** Where a run can be resumed: the checkpoint, and how many of its events happened before. */
export interface StoredCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly events: number;
}

/** A trained adapter: PEFT files by name. */
export type AdapterFiles = Readonly<Record<string, Uint8Array<ArrayBuffer>>>;

/** A record that is not what was written: it was set aside, and nothing is made of it. */
export interface DamagedRecord {
  readonly run: string;
  /** What it was, in words. */
  readonly what: string;
}

export interface RunStore {
  /** Newest first. */
  list(): Promise<StoredRun[]>;
  /** As it is now; undefined where there is none. */
  run(id: string): Promise<StoredRun | undefined>;
  put(run: StoredRun): Promise<void>;
  /** Removes the run with everything it left. */
  delete(id: string): Promise<void>;
  /** @param from how many events of the run come before these */
  appendEvents(id: string, events: readonly StudyEvent[], from: number): Promise<void>;
  /** All that can be read. */
  events(id: string): Promise<StudyEvent[]>;
  /** How many events there are before the first that cannot be read. */
  intactEvents(id: string): Promise<number>;
  /** Forgets all events but the first `count`: a resumed run repeats the ones after. */
  truncateEvents(id: string, count: number): Promise<void>;
  putCheckpoint(id: string, checkpoint: StoredCheckpoint): Promise<void>;
  /** Undefined where there is none, or none that can be read. */
  checkpoint(id: string): Promise<StoredCheckpoint | undefined>;
  deleteCheckpoint(id: string): Promise<void>;
  putAdapter(id: string, arm: string, files: AdapterFiles): Promise<void>;
  adapters(id: string): Promise<Record<string, AdapterFiles>>;
  /** What was found damaged so far, in this visit or an earlier one. */
  damaged(): Promise<readonly DamagedRecord[]>;
}

/** Shown when runs cannot be kept. */
export interface StoreNotice {
  readonly message: string;
  readonly advice: string;
}
