// The lab worker's studies without their worker: one at a time, pausable and cancellable between events.
import type { BackendWish, RunWay, StudyCalls, StudyEnd } from './contract.ts';
import type { Environment, StudyEvent } from './events.ts';
import {
  type Experiment,
  type ExperimentInput,
  resolveExperiment,
} from './experiment/experiment.ts';

/** What the service needs to do its work; the worker passes the real ones. */
export interface LabServiceParts {
  /** Picks and tests a backend; later calls answer as the first. */
  prepare(wish: BackendWish): Promise<Environment>;
  /** The study itself. It looks at `signal` at least once per optimizer step. */
  study(experiment: Experiment, signal: AbortSignal, way: RunWay): AsyncIterable<StudyEvent>;
}

interface Run {
  readonly controller: AbortController;
  /** Resolves when the study may go on. */
  gate: Promise<void>;
  open: () => void;
}

export class LabService implements StudyCalls {
  #run: Run | undefined;

  constructor(private readonly parts: LabServiceParts) {}

  prepare(wish: BackendWish = {}): Promise<Environment> {
    return this.parts.prepare(wish);
  }

  async run(
    input: ExperimentInput,
    onEvent: (event: StudyEvent) => void | Promise<void>,
    way: RunWay = {},
  ): Promise<StudyEnd> {
    if (this.#run) throw new Error('a study is already running in this worker');
    const experiment = resolveExperiment(input);
    const run: Run = { controller: new AbortController(), gate: Promise.resolve(), open() {} };
    const { signal } = run.controller;
    this.#run = run;
    try {
      for await (const event of this.parts.study(experiment, signal, way)) {
        if (signal.aborted) return 'cancelled';
        // A round trip to the page: in the meantime a pause or cancel is heard.
        await onEvent(event);
        await run.gate;
        if (signal.aborted) return 'cancelled';
      }
      return signal.aborted ? 'cancelled' : 'done';
    } catch (thrown) {
      if (signal.aborted) return 'cancelled';
      throw thrown;
    } finally {
      this.#run = undefined;
    }
  }

  async pause(): Promise<void> {
    const run = this.#run;
    if (!run) return;
    run.open();
    run.gate = new Promise((resolve) => (run.open = resolve));
  }

  async proceed(): Promise<void> {
    this.#run?.open();
  }

  async cancel(): Promise<void> {
    this.#run?.controller.abort();
    this.#run?.open();
  }

  async ping(): Promise<void> {}
}
