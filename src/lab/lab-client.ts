// The page's side of the lab worker: run, pause, proceed and a cancel that always works.
import * as Comlink from 'comlink';
import type { LabWorker, StudyEnd } from './contract.ts';
import type { Checkpoint, Environment, StudyEvent } from './events.ts';
import type { ExperimentInput } from './experiment/experiment.ts';
import { ModelClient } from './models/model-client.ts';
import { LabFailure } from './lab-error.ts';
import { WorkerClient, type WorkerLike } from './worker-client.ts';

export interface LabClientOptions {
  /** The one backend to use; without it the worker picks. */
  readonly backend?: Environment['backend'] | undefined;
  /** How long a worker may take to obey before it is terminated. */
  readonly prepareMs?: number;
  readonly cancelMs?: number;
}

export class LabClient {
  readonly #client: WorkerClient<LabWorker>;
  /** Choosing the model that runs use. */
  readonly models: ModelClient;

  constructor(
    spawn: () => WorkerLike,
    private readonly options: LabClientOptions = {},
  ) {
    this.#client = new WorkerClient<LabWorker>(spawn);
    this.models = new ModelClient(this.#client, options);
  }

  /** The latest run, and whether it was cancelled. */
  #current: { cancelled: boolean } | undefined;

  /** The backend that this machine offers, self-tested. @throws LabFailure */
  prepare(): Promise<Environment> {
    const { backend, prepareMs = 300_000 } = this.options;
    return this.#client.call((lab) => lab.prepare(backend), prepareMs);
  }

  /**
   * Runs a study; events arrive in order. Settles as `cancelled` after `cancel`, by force if needed.
   * @throws LabFailure; after one of kind `device` or `memory` the worker has been replaced.
   */
  async run(
    experiment: ExperimentInput,
    onEvent: (event: StudyEvent) => void,
    resume?: Checkpoint,
  ): Promise<StudyEnd> {
    const listener = Comlink.proxy(onEvent);
    const current = (this.#current = { cancelled: false });
    try {
      return await this.#client.call(async (lab) => {
        // A worker that replaced another must be told, too.
        const ready = await lab.prepare(this.options.backend);
        if (!ready.ok) return ready;
        const briefed = await this.models.brief(lab);
        if (!briefed.ok) return briefed;
        // The worker could not hear of a cancel before it had a study.
        if (current.cancelled) return { ok: true, value: 'cancelled' };
        return lab.run(experiment, listener, resume);
      });
    } catch (thrown) {
      if (!(thrown instanceof LabFailure)) throw thrown;
      if (thrown.error.kind === 'stopped') return 'cancelled';
      // A device that failed once, or memory that ran out, is not to be trusted again.
      if (thrown.error.kind === 'device' || thrown.error.kind === 'memory') this.#client.replace();
      throw thrown;
    }
  }

  /** Takes effect within one optimizer step. */
  pause(): Promise<void> {
    return this.#tell((lab) => lab.pause());
  }

  proceed(): Promise<void> {
    return this.#tell((lab) => lab.proceed());
  }

  /** Ends the run: politely if the worker obeys in time, else by terminating it. */
  async cancel(run: Promise<unknown>): Promise<void> {
    const { cancelMs = 5_000 } = this.options;
    if (this.#current) this.#current.cancelled = true;
    await this.#client.end(run, (lab) => lab.cancel(), cancelMs);
  }

  #tell(action: (lab: Comlink.Remote<LabWorker>) => Promise<void>): Promise<void> {
    return this.#client.call(async (lab) => {
      await action(lab);
      return { ok: true, value: undefined };
    });
  }
}
