// The page's runs: which one is open and what may be done to it, what works on them, and on what.
import type { LabClient } from '../../lab/lab-client.ts';
import { readableEvents } from '../../lab/runs/readable-events.ts';
import type { StoredRun } from '../../lab/runs/run-store.ts';
import { runState } from '../../lab/state/run-state.ts';
import { Display, type OpenRun } from './display.svelte.ts';
import { LentJobs } from './lent-jobs.ts';
import { LentWorker } from './lent-worker.ts';
import { Machine } from './machine.svelte.ts';
import { type OpenStore, RunHistory } from './run-history.svelte.ts';
import { RunWork } from './run-work.svelte.ts';

export class Session {
  readonly machine: Machine;
  readonly display = new Display();
  readonly history: RunHistory;
  readonly work: RunWork;
  /** What else the worker does while no run has it. */
  readonly lent: LentJobs;

  constructor(lab: LabClient, openStore: OpenStore) {
    this.machine = new Machine(lab);
    this.history = new RunHistory(openStore, (id) => this.display.close(id));
    const worker = new LentWorker(lab, () => this.work.activity === 'idle');
    this.lent = new LentJobs(worker, this.machine);
    this.work = new RunWork(lab, this.machine, this.history, this.display, () => worker.takeBack());
  }

  get open(): OpenRun | null {
    return this.display.run;
  }

  /** Whether this tab or another one works on the run. */
  isRunning(run: StoredRun): boolean {
    return this.display.isLive(run) || this.history.elsewhere.includes(run.id);
  }

  /**
   * Looks at the machine and the history; shows the newest run, if there is one.
   * @param patient where nobody looks for runs: what reads them is loaded once the machine is known
   */
  async begin(patient = false): Promise<void> {
    const prepared = this.machine.prepare();
    if (patient) await prepared;
    await this.history.refresh();
    const [newest] = this.history.runs;
    if (newest && !this.open) await this.show(newest);
  }

  /** Shows a run of the history, or the live one. */
  async show(stored: StoredRun): Promise<void> {
    if (this.display.isLive(stored)) {
      this.display.opened = null;
      return;
    }
    const { events } = readableEvents(await this.history.events(stored.id));
    this.display.opened = { stored, view: runState(stored.experiment, events) };
  }

  async rename(run: StoredRun, name: string): Promise<void> {
    const trimmed = name.trim();
    if (trimmed === '' || trimmed === run.name) return;
    if (!this.work.rename(run, trimmed)) await this.history.rename(run, trimmed);
    this.display.rename(run.id, trimmed);
    await this.history.refresh();
  }
}
