// The page's side of the lab worker: run, pause, proceed and a cancel that always works.
import * as Comlink from 'comlink';
import type { BackendWish, LabWorker, RunWay, StudyEnd } from './contract.ts';
import type { Environment, StudyEvent } from './events.ts';
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
  /** How often a worker that runs a study is asked whether it lives, and how long it may take to say so. */
  readonly pingMs?: number;
  readonly silenceMs?: number;
}

/** How a run is done, and which backends have shown that they cannot do it. */
export interface ClientWay extends RunWay {
  readonly avoid?: BackendWish['avoid'];
}

/** A single step of a large model on a slow processor takes minutes, during which a worker is deaf. */
const SILENCE_MS = 600_000;

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
    const { backend: only, prepareMs = 300_000 } = this.options;
    return this.#client.call((lab) => lab.study.prepare({ only }), prepareMs);
  }

  /**
   * Runs a study; events arrive in order. Settles as `cancelled` after `cancel`, by force if needed.
   * @throws LabFailure; after one of the machine or of the worker that has been replaced.
   */
  async run(
    experiment: ExperimentInput,
    onEvent: (event: StudyEvent) => unknown,
    { avoid, ...way }: ClientWay = {},
  ): Promise<StudyEnd> {
    const { prepareMs = 300_000 } = this.options;
    // The worker waits for what is returned.
    const heard = async (event: StudyEvent) => void (await onEvent(event));
    const current = (this.#current = { cancelled: false });
    if (avoid) this.#client.replace();
    const watch = this.#watch();
    try {
      // A worker that replaced another must be told, too.
      await this.#client.call(
        (lab) => lab.study.prepare({ only: this.options.backend, avoid }),
        prepareMs,
      );
      return await this.#client.call(async (lab) => {
        await this.models.brief(lab);
        // The worker could not hear of a cancel before it had a study.
        if (current.cancelled) return 'cancelled';
        return lab.study.run(experiment, Comlink.proxy(heard), way);
      });
    } catch (thrown) {
      if (!(thrown instanceof LabFailure)) throw thrown;
      const { kind } = thrown.error;
      if (kind === 'stopped' && current.cancelled) return 'cancelled';
      // A device that failed once, or memory that ran out, is not to be trusted again.
      if (kind === 'device' || kind === 'memory' || kind === 'stopped') this.#client.replace();
      throw thrown;
    } finally {
      clearInterval(watch);
      // What one run avoids, the next one may try.
      if (avoid) this.#client.replace();
    }
  }

  /** Takes effect within one optimizer step. */
  pause(): Promise<void> {
    return this.#client.call((lab) => lab.study.pause());
  }

  proceed(): Promise<void> {
    return this.#client.call((lab) => lab.study.proceed());
  }

  /** Ends the run: politely if the worker obeys in time, else by terminating it. */
  async cancel(run: Promise<unknown>): Promise<void> {
    const { cancelMs = 5_000 } = this.options;
    if (this.#current) this.#current.cancelled = true;
    await this.#client.end(run, (lab) => lab.study.cancel(), cancelMs);
  }

  /** A worker that hangs is found out: it is replaced, and the run fails. */
  #watch(): ReturnType<typeof setInterval> {
    const { pingMs = 30_000, silenceMs = SILENCE_MS } = this.options;
    const ping = () => this.#client.call((lab) => lab.study.ping(), silenceMs).catch(() => {});
    return setInterval(() => void ping(), pingMs);
  }
}
