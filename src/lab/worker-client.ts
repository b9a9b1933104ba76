// A worker that can be trusted to answer: every call settles, and stop means stop.
import * as Comlink from 'comlink';
import type { Outcome } from './contract.ts';
import { type LabError, LabFailure, labErrorOf } from './lab-error.ts';

/** The part of `Worker` that the client uses. */
export interface WorkerLike extends Comlink.Endpoint {
  terminate(): void;
}

/**
 * Owns one worker and replaces it when it must. Comlink by itself never settles a call to a dead
 * worker, and never hears of a worker's `error` event; here both reject every pending call.
 */
export class WorkerClient<Api> {
  #worker: WorkerLike | undefined;
  #remote: Comlink.Remote<Api> | undefined;
  readonly #pending = new Set<(failure: LabFailure) => void>();

  constructor(private readonly spawn: () => WorkerLike) {}

  /**
   * Calls the worker, starting it if need be.
   * @throws LabFailure with the worker's own error; of kind `stopped` after `replace`; of kind
   * `bug` if the worker crashes or does not answer in `timeoutMs` (it is then replaced).
   */
  async call<T>(
    action: (remote: Comlink.Remote<Api>) => Promise<Outcome<T>>,
    timeoutMs = Infinity,
  ): Promise<T> {
    const result = await this.#settle(action, timeoutMs);
    if (result.ok) return result.value;
    throw new LabFailure(result.error);
  }

  #settle<T>(action: (remote: Comlink.Remote<Api>) => Promise<T>, timeoutMs: number): Promise<T> {
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
        timer = setTimeout(() => this.replace(notAnswering(timeoutMs)), timeoutMs);
      }
      try {
        action(this.#connect()).then(
          (value) => {
            settled();
            resolve(value);
          },
          (thrown: unknown) => fail(new LabFailure(labErrorOf(thrown))),
        );
      } catch (thrown) {
        fail(new LabFailure(labErrorOf(thrown)));
      }
    });
  }

  /**
   * Ends a pending call: politely if the worker obeys `order` in time, else by terminating it.
   * Resolves once the call has settled.
   */
  async end(
    pending: Promise<unknown>,
    order: (remote: Comlink.Remote<Api>) => Promise<void>,
    obeyMs: number,
  ): Promise<void> {
    const deadline = setTimeout(() => this.replace(), obeyMs);
    const settled = pending.catch(() => {}).finally(() => clearTimeout(deadline));
    const ordered = this.call<void>(async (remote) => {
      await order(remote);
      return { ok: true, value: undefined };
    });
    await Promise.race([ordered.catch(() => {}), settled]);
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

  #connect(): Comlink.Remote<Api> {
    if (this.#remote) return this.#remote;
    const worker = this.spawn();
    worker.addEventListener('error', (event) => {
      if (worker === this.#worker) this.replace(labErrorOf(crashOf(event)));
    });
    worker.addEventListener('messageerror', () => {
      if (worker === this.#worker) this.replace(labErrorOf(new Error('a message was unreadable')));
    });
    this.#worker = worker;
    this.#remote = Comlink.wrap<Api>(worker);
    return this.#remote;
  }
}

const STOPPED: LabError = {
  kind: 'stopped',
  message: 'the worker was stopped',
  advice: 'Run again when you like; what was stored before is kept.',
};

const notAnswering = (timeoutMs: number): LabError => ({
  kind: 'bug',
  message: `the worker did not answer within ${timeoutMs / 1000} seconds and was replaced`,
  advice: 'Try again; on a slow machine, choose a smaller experiment.',
});

function crashOf(event: Event): Error {
  const { message } = event as ErrorEvent;
  return new Error(message || 'the worker could not be started');
}
