// What downloads need from the machine: requests, time to wait, and how much patience to have.

export interface Network {
  readonly fetch: typeof fetch;
  /** Resolves after `ms`; rejects with the signal's reason once that aborts. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
  /** Tries per request, and broken connections in a row without a new byte, before giving up. */
  readonly attempts: number;
  /** A connection that says nothing for so long counts as broken. */
  readonly silenceMs: number;
}

export const NETWORK: Network = {
  fetch: (...request) => fetch(...request),
  wait: (ms, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const stop = () => {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop);
        resolve();
      }, ms);
      signal?.addEventListener('abort', stop, { once: true });
    }),
  attempts: 5,
  silenceMs: 60_000,
};

/** How long to wait before try number `tries` + 1: 1 s, 2 s, 4 s … at most 30 s. */
export const backoffMs = (tries: number): number => Math.min(30_000, 1000 * 2 ** (tries - 1));
