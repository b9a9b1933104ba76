// A worker that can be trusted to answer: every call settles, and stop means stop.
import * as Comlink from 'comlink';
import { type LabError, LabFailure, labErrorOf } from './lab-error.ts';
import './thrown-errors.ts';

/** The part of `Worker` that the client uses. */
export interface WorkerLike extends Comlink.Endpoint {
  terminate(): void;
}

/** A worker's calls, part by part. */
export type RemoteParts<Api> = { readonly [Part in keyof Api]: Comlink.Remote<Api[Part]> };

/**
 * Owns one worker and replaces it when it must. Comlink by itself never settles a call to a dead
 * worker, and never hears of a worker's `error` event; here both reject every pending call.
 */
export class WorkerClient<Api> {
  #worker: WorkerLike | undefined;
  #remote: RemoteParts<Api> | undefined;
  readonly #pending = new Set<(failure: LabFailure) => void>();

  constructor(private readonly spawn: () => WorkerLike) {}

  /**
   * Calls the worker, starting it if need be.
   * @throws LabFailure with the worker's own error; of kind `stopped` after `replace`; of kind
   * `worker` if it dies or does not answer in `timeoutMs` (it is then replaced).
   */
  call<T>(action: (remote: RemoteParts<Api>) => Promise<T>, timeoutMs = Infinity): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const settled = () => {
        clearTimeout(timer);
        this.#pending.delete(fail);
      };
      const fail = (failure: LabFailure) => {
        settled();
        reject(failure);
      };
      this.#pending.add(fail);
      if (Number.isFinite(timeoutMs)) {
        timer = setTimeout(() => this.replace(silent(timeoutMs)), timeoutMs);
      }
      // A worker that cannot be started fails the call, too.
      void (async () => await action(this.#connect()))().then(
        (value) => {
          settled();
          resolve(value);
        },
        (thrown: unknown) => fail(new LabFailure(labErrorOf(thrown))),
      );
    });
  }

  /**
   * Ends a pending call: politely if the worker obeys `order` in time, else by terminating it.
   * Resolves once the call has settled.
   */
  async end(
    pending: Promise<unknown>,
    order: (remote: RemoteParts<Api>) => Promise<void>,
    obeyMs: number,
  ): Promise<void> {
    const deadline = setTimeout(() => this.replace(), obeyMs);
    const settled = pending.catch(() => {}).finally(() => clearTimeout(deadline));
    await Promise.race([this.call(order).catch(() => {}), settled]);
    await settled;
  }

  /**
   * Terminates the worker; the next call starts a fresh one. Pending calls reject with `error`.
   * Memory held on the GPU is freed with it.
   */
  replace(error: LabError = STOPPED): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#remote = undefined;
    for (const fail of [...this.#pending]) fail(new LabFailure(error));
  }

  #connect(): RemoteParts<Api> {
    if (this.#remote) return this.#remote;
    const worker = this.spawn();
    const died = (message: string) => {
      if (worker === this.#worker)
        this.replace({ kind: 'worker', fault: 'dead', ...dead(message) });
    };
    worker.addEventListener('error', (event) => died((event as ErrorEvent).message));
    worker.addEventListener('messageerror', () => died('a message was unreadable'));
    this.#worker = worker;
    this.#remote = Comlink.wrap(worker) as RemoteParts<Api>;
    return this.#remote;
  }
}

const STOPPED: LabError = {
  kind: 'stopped',
  message: 'the worker was stopped',
  advice: 'Run again when you like; what was stored before is kept.',
};

const dead = (message: string) => ({
  message: message || 'the worker could not be started',
  advice: 'Try again; if it comes back, reload the page.',
});

const silent = (timeoutMs: number): LabError => ({
  kind: 'worker',
  fault: 'silent',
  message: `the worker did not answer within ${timeoutMs / 1000} seconds and was replaced`,
  advice: 'Try again; on a slow machine, choose a smaller experiment.',
});
