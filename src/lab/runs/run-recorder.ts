// Writes a run into the store while it happens, in few and ordered writes.
import type { StudyEvent } from '../events.ts';
import type { LabError } from '../lab-error.ts';
import { collectResults } from '../results/results.ts';
import type { RunStatus, RunStore, StoredRun } from './run-store.ts';
import { SPLITS } from '../experiment/experiment.ts';

/** How long events wait for company before they are written. */
const PATIENCE_MS = 1_000;

export class RunRecorder {
  #run: StoredRun;
  /** Everything that happened so far, including what a resumed run brought along. */
  readonly #events: StudyEvent[];
  #written: number;
  #writes: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param events what is already in the store, if the run is resumed */
  constructor(
    private readonly store: RunStore,
    run: StoredRun,
    events: readonly StudyEvent[] = [],
  ) {
    this.#run = run;
    this.#events = [...events];
    this.#written = events.length;
    this.#save();
  }

  get run(): StoredRun {
    return this.#run;
  }

  /** Takes the run's next event. Progress within a phase is not kept. */
  add(event: StudyEvent): void {
    switch (event.type) {
      case 'phase':
        return;
      case 'adapter':
        this.#queue(() => this.store.putAdapter(this.#run.id, event.arm, event.files));
        return;
      case 'checkpoint': {
        this.#flush();
        const events = this.#events.length;
        const { checkpoint } = event;
        this.#queue(() => this.store.putCheckpoint(this.#run.id, { checkpoint, events }));
        this.#save();
        return;
      }
      default:
        this.#events.push(event);
        this.#timer ??= setTimeout(() => this.#flush(), PATIENCE_MS);
    }
  }

  /** Changes what the history shows of the run, and waits until all of it is written. */
  async finish(status: RunStatus, error: LabError | null = null): Promise<StoredRun> {
    this.#flush();
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
    const fresh = this.#events.slice(this.#written);
    if (fresh.length === 0) return;
    this.#written = this.#events.length;
    this.#queue(() => this.store.appendEvents(this.#run.id, fresh));
  }

  #save(): void {
    this.#run = { ...this.#run, ...this.#overview(), updatedAt: Date.now() };
    const run = this.#run;
    this.#queue(() => this.store.put(run));
  }

  #overview(): Pick<StoredRun, 'environment' | 'headline'> {
    const { environment, arms } = collectResults(this.#run.experiment, this.#events);
    const split = SPLITS.find((name) => Object.values(arms).some((arm) => arm.summary[name]));
    const headline: Record<string, StoredRun['headline'][string]> = {};
    for (const [name, { summary }] of Object.entries(arms)) {
      const mean = split && summary[split];
      if (mean) headline[name] = { kl: mean.kl, tv: mean.tv, valid_mass: mean.valid_mass };
    }
    return { environment, headline };
  }

  #queue(write: () => Promise<void>): void {
    // The store itself falls back to memory and says so; one write that fails stops no other.
    this.#writes = this.#writes.then(write).catch(() => {});
  }
}
