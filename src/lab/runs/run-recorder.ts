// Writes a run into the store while it happens, in few and ordered writes.
import type { Checkpoint, StudyEvent } from '../events.ts';
import type { LabError } from '../lab-error.ts';
import { RunFold, type RunState } from '../state/run-state.ts';
import { headlineOf } from './headline.ts';
import { readableEvents } from './readable-events.ts';
import { rewind } from './resume-point.ts';
import type { RunStatus, RunStore, StoredRun } from './run-store.ts';

/** How long events wait for company before they are written. */
const PATIENCE_MS = 1_000;

export class RunRecorder {
  #run: StoredRun;
  /** Everything that happened so far, including what a resumed run brought along. */
  #fold: RunFold;
  /** Number of the events in it that are kept. */
  #count = 0;
  #unwritten: StudyEvent[] = [];
  #writes: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly store: RunStore,
    run: StoredRun,
  ) {
    this.#run = run;
    this.#fold = new RunFold(run.experiment);
    this.#save();
  }

  get state(): RunState {
    return this.#fold.state;
  }

  get run(): StoredRun {
    return this.#run;
  }

  /** Goes back to the run's last checkpoint; undefined where it has to begin anew. */
  async rewind(): Promise<Checkpoint | undefined> {
    this.#flush();
    await this.#writes;
    const { checkpoint, events } = await rewind(this.store, this.#run.id);
    this.#fold = new RunFold(this.#run.experiment);
    for (const event of readableEvents(events).events) this.#fold.add(event);
    this.#count = events.length;
    return checkpoint;
  }

  /** Takes the run's next event. Progress within a phase is not kept. */
  add(event: StudyEvent): void {
    this.#fold.add(event);
    switch (event.type) {
      case 'phase':
        return;
      case 'adapter':
        this.#queue(() => this.store.putAdapter(this.#run.id, event.arm, event.files));
        return;
      case 'checkpoint': {
        this.#flush();
        const events = this.#count;
        const { checkpoint } = event;
        this.#queue(() => this.store.putCheckpoint(this.#run.id, { checkpoint, events }));
        this.#save();
        return;
      }
      default:
        this.#count++;
        this.#unwritten.push(event);
        this.#timer ??= setTimeout(() => this.#flush(), PATIENCE_MS);
    }
  }

  /** Changes what the history shows of the run, and waits until all of it is written. */
  async finish(status: RunStatus, error: LabError | null = null): Promise<StoredRun> {
    this.#flush();
    // A finished run has nothing to go on with, and checkpoints are large.
    if (status === 'done') this.#queue(() => this.store.deleteCheckpoint(this.#run.id));
    await this.#writes;
    this.#run = { ...this.#run, status, error };
    this.#save();
    await this.#writes;
    return this.#run;
  }

  rename(name: string): void {
    this.#run = { ...this.#run, name };
    this.#save();
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const fresh = this.#unwritten;
    if (fresh.length === 0) return;
    const from = this.#count - fresh.length;
    this.#unwritten = [];
    this.#queue(() => this.store.appendEvents(this.#run.id, fresh, from));
  }

  #save(): void {
    const { state } = this.#fold;
    this.#run = {
      ...this.#run,
      environment: state.segments[0]?.environment ?? null,
      headline: headlineOf(state),
      updatedAt: Date.now(),
    };
    const run = this.#run;
    this.#queue(() => this.store.put(run));
  }

  #queue(write: () => Promise<void>): void {
    // The store itself falls back to memory and says so. A write that fails there, too, stops no
    // other, but the run is known to be incomplete.
    this.#writes = this.#writes.then(write).catch(() => {
      this.#run = { ...this.#run, unwritten: (this.#run.unwritten ?? 0) + 1 };
    });
  }
}
