// A stored run as the comparison reads it: whatever can be read, and a note on what cannot.
import type { SnapshotEvent, StudyEvent, TargetEvent } from '../events.ts';
import type { Experiment } from '../experiment/experiment.ts';
import type { ArmResults } from '../results/results.ts';
import { readableEvents } from '../runs/readable-events.ts';
import { resultsOf } from '../results/results.ts';
import { incompleteNotes } from '../runs/incomplete.ts';
import type { StoredRun } from '../runs/run-store.ts';
import { lastAnswers, runState, type RunState } from '../state/run-state.ts';
import { machineText } from '../state/segments.ts';
import { readSettings } from './compared-settings.ts';

export interface ComparedArm {
  readonly name: string;
  /** `none`, `soft` or `hard`; another word if another version of the lab knew more. */
  readonly method: string;
  /** The arm's own part of the configuration. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly results: ArmResults;
  /** The arm's last answers to each prompt, by the prompt's identifier. */
  readonly answers: ReadonlyMap<string, ComparedAnswers>;
}

/** [answers] in the target's order, and what the model gives to anything else. */
export interface ComparedAnswers {
  readonly probabilities: readonly number[];
  readonly invalidMass: number;
}

export interface ComparedRun {
  readonly id: string;
  readonly name: string;
  /** Milliseconds since 1970; 0 where it was not kept. */
  readonly createdAt: number;
  readonly status: string;
  readonly seed: number | null;
  /** As it was stored, with the defaults filled in where this version understands it. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly machine: string | null;
  /** How long the whole study took, once it is done. */
  readonly seconds: number | null;
  readonly arms: readonly ComparedArm[];
  readonly targets: ReadonlyMap<string, TargetEvent>;
  /** Where not all targets were kept: what is the same for runs whose answers are written alike. */
  readonly answerSpace?: string;
  /** What a reader should know before trusting the figures; whole sentences. */
  readonly notes: readonly string[];
}

/** @param isRunning whether a tab works on the run right now */
export function readRun(
  run: StoredRun,
  stored: readonly StudyEvent[],
  isRunning = false,
): ComparedRun {
  const { settings, arms, note } = readSettings(run.experiment);
  const { events, unreadable } = readableEvents(stored);
  const config = { ...settings, arms } as unknown as Experiment;
  const state = runState(config, events);
  const methods = new Map(arms.map(({ name, method }) => [name, method as string]));
  const compared = Object.entries(resultsOf(state).arms).map(([name, ofArm]) => ({
    name,
    method: methods.get(name) ?? 'unknown',
    settings: arms.find((arm) => arm.name === name) ?? {},
    results: ofArm,
    answers: answersOf(state, name),
  }));
  return {
    id: String(run.id),
    name: text(run.name) ?? 'a run without a name',
    createdAt: isDate(run.createdAt) ? run.createdAt : 0,
    status: text(run.status) ?? 'unknown',
    seed: typeof settings.seed === 'number' ? settings.seed : null,
    settings,
    machine: machineText(state.segments),
    seconds: state.seconds,
    arms: compared,
    targets: new Map(state.targets.map((target) => [target.id, target])),
    notes: [
      ...(note === null ? [] : [note]),
      ...(unreadable === 0 ? [] : [unreadableNote(unreadable)]),
      ...incompleteNotes(run, []),
      ...statusNotes(run.status, isRunning),
      ...unscoredNotes(compared),
    ],
  };
}

function answersOf({ targets }: RunState, arm: string): Map<string, ComparedAnswers> {
  const answers = targets.map((target) => [target.id, lastAnswers(target, arm)] as const);
  return new Map(
    answers.filter((entry): entry is [string, SnapshotEvent] => entry[1] !== undefined),
  );
}

function statusNotes(status: unknown, isRunning: boolean): string[] {
  const kept = 'what it had measured until then is compared';
  if (isRunning) return ['It is still running: its figures are those measured so far.'];
  if (status === 'waiting') return ['It waits for its turn: nothing has been measured yet.'];
  if (status === 'running') return [`It was interrupted: ${kept}.`];
  if (status === 'cancelled') return [`It was cancelled: ${kept}.`];
  if (status === 'failed') return [`It failed: ${kept}.`];
  return [];
}

const unscoredNotes = (arms: readonly ComparedArm[]) =>
  arms
    .filter(({ results }) => results.exact.length === 0)
    .map(({ name }) => `Its arm ${name} has no exact scores.`);

const unreadableNote = (count: number) =>
  `${count} of its records ${count === 1 ? 'was' : 'were'} written by another version of the lab ` +
  `and ${count === 1 ? 'is' : 'are'} left out.`;

const isDate = (value: unknown) =>
  typeof value === 'number' && !Number.isNaN(new Date(value).getTime());

const text = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value : null;
