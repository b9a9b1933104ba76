// The comparison on display: reads the chosen runs and works out what is said of them.
import { comparing, type Comparison } from '../../lab/compare/comparison.ts';
import { columnsOf, type ColumnPart } from '../../lab/compare/columns.ts';
import { type ComparedRun, readRun } from '../../lab/compare/compared-run.ts';
import type { Selection } from '../../lab/compare/selection.ts';
import type { StoredRun } from '../../lab/runs/run-store.ts';
import { MOST_COLUMNS } from '../../charts/looks.ts';
import type { Session } from './session.svelte.ts';

/** How long the page may wait for a piece of work, in milliseconds. */
const PATIENCE_MS = 30;

export class Comparing {
  /** Null before anything is chosen. */
  comparison = $state.raw<Comparison | null>(null);
  /** Whether it is about to change. */
  working = $state(false);
  /** Chosen runs and arms that are not in this browser. */
  missing = $state.raw<readonly string[]>([]);
  /** Chosen arms beyond the most that can be told apart. */
  tooMany = $state(0);
  #runs: Record<string, ComparedRun> = {};
  #turn = 0;

  constructor(private readonly session: Session) {}

  /** Shows what a selection names. @param history the stored runs as they are now */
  async show(selection: Selection, history: readonly StoredRun[]): Promise<void> {
    const turn = ++this.#turn;
    this.working = true;
    const parts: ColumnPart[] = [];
    const missing: string[] = [];
    for (const { run: id, arm: name } of selection.choices) {
      const stored = history.find((run) => run.id === id);
      const run = stored && (await this.#read(stored));
      if (turn !== this.#turn) return;
      const arm = run?.arms.find((candidate) => candidate.name === name);
      if (run && arm) parts.push({ run, arm });
      else missing.push(run ? `${name} of ${run.name}` : name);
    }
    const shown = within(parts, selection.joined);
    this.missing = missing;
    this.tooMany = parts.length - shown.length;
    const comparison = shown.length === 0 ? null : await this.#compare(shown, selection, turn);
    if (turn !== this.#turn) return;
    this.comparison = comparison;
    this.working = false;
  }

  /** A run is read again when anything about it has changed. */
  async #read(stored: StoredRun): Promise<ComparedRun> {
    const isRunning = this.session.isRunning(stored);
    const key = JSON.stringify([stored.id, stored.updatedAt, stored.name, isRunning]);
    const known = this.#runs[key];
    if (known) return known;
    // Another tab may have deleted it, or the browser lost its store: then nothing was recorded.
    const events = await this.session.history.events(stored.id).catch(() => []);
    const run = readRun(stored, events, isRunning);
    this.#runs[key] = run;
    return run;
  }

  async #compare(
    parts: readonly ColumnPart[],
    selection: Selection,
    turn: number,
  ): Promise<Comparison | null> {
    const work = comparing(parts, selection);
    for (let began = performance.now(); ;) {
      const { done, value } = work.next();
      if (done) return value;
      if (performance.now() - began < PATIENCE_MS) continue;
      await new Promise((resolve) => setTimeout(resolve));
      if (turn !== this.#turn) return null;
      began = performance.now();
    }
  }
}

/** The first parts, as long as their columns can be told apart. */
function within(parts: readonly ColumnPart[], joined: boolean): ColumnPart[] {
  const shown: ColumnPart[] = [];
  for (const part of parts) {
    if (columnsOf([...shown, part], joined).length <= MOST_COLUMNS) shown.push(part);
  }
  return shown;
}
