// What every evaluation is given beside a model: a seed, a signal to heed, someone to tell of progress.

export interface RunOptions {
  /** All chance comes from it. */
  readonly seed: number;
  /** Heard between calls of the model: the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told at the start and after every piece of work; a promise that it returns is waited for. */
  readonly onProgress?: (done: number, total: number) => unknown;
}

/** The results of `work` on one item after the other. */
export async function inOrder<Item, Result>(
  items: readonly Item[],
  { signal, onProgress }: RunOptions,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  await onProgress?.(0, items.length);
  for (const [index, item] of items.entries()) {
    signal?.throwIfAborted();
    results.push(await work(item, index));
    await onProgress?.(results.length, items.length);
  }
  return results;
}

/** The run of one part of a longer evaluation that has `total` pieces, `before` of them done. */
export function partOf(run: RunOptions, before: number, total: number): RunOptions {
  const { onProgress } = run;
  return onProgress ? { ...run, onProgress: (done) => onProgress(before + done, total) } : run;
}

/** The signal as an optional property. */
export const heard = ({ signal }: RunOptions): { signal?: AbortSignal } =>
  signal ? { signal } : {};
