// The progress of one piece of asynchronous work as a stream, whose follower can hold the work up.

/** What a stream tells: pieces done, of how many. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

/** Work that is told when to end, and tells how far it is; it waits for the answer. */
export type TellingWork<T> = (
  tell: (done: number, total: number) => Promise<void>,
  signal: AbortSignal,
) => Promise<T>;

/**
 * Yields the progress of `work` and returns its result. The work goes on when the follower asks for
 * the next progress, so that a pause holds; a follower that stops following aborts the work and
 * waits for its end.
 * @param signal aborts the work, too; the stream then throws the signal's reason
 */
export async function* progressOf<T>(
  work: TellingWork<T>,
  signal?: AbortSignal,
): AsyncGenerator<Progress, T> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const abort = () => controller.abort(signal?.reason);
  signal?.addEventListener('abort', abort);

  let waiting: { readonly progress: Progress; readonly heard: () => void } | undefined;
  let [followed, ended] = [true, false];
  let wake = () => {};
  const tell = async (done: number, total: number) => {
    if (!followed) return;
    await new Promise<void>((heard) => {
      waiting = { progress: { done, total }, heard };
      wake();
    });
  };
  const result = work(tell, controller.signal).finally(() => {
    ended = true;
    wake();
  });
  result.catch(() => {}); // thrown below, or nobody follows any more
  try {
    for (;;) {
      if (!waiting && !ended) await new Promise<void>((resolve) => (wake = resolve));
      if (!waiting) return await result;
      const { progress, heard } = waiting;
      yield progress;
      waiting = undefined;
      heard();
    }
  } finally {
    signal?.removeEventListener('abort', abort);
    followed = false;
    controller.abort(new Error('nobody follows any more'));
    waiting?.heard();
    await result.catch(() => {});
  }
}
