// What every evaluation is given beside a model: a seed, a signal to heed, someone to tell of progress.
import { workedInOrder } from '../core/in-order.ts';

export interface RunOptions {
  /** All chance comes from it. */
  readonly seed: number;
  /** Heard between calls of the model: the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told at the start and after every piece of work; a promise that it returns is waited for. */
  readonly onProgress?: (done: number, total: number) => unknown;
  /** Calls of the model that it makes sense to ask for at once; 1. */
  readonly together?: number;
}

/** The results of `work` on all items, in their order, of which several may be worked on at once. */
export async function evaluatedInOrder<Item, Result>(
  items: readonly Item[],
  { signal, onProgress, together = 1 }: RunOptions,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  await onProgress?.(0, items.length);
  const heeding = async (item: Item, index: number) => {
    signal?.throwIfAborted();
    return work(item, index);
  };
  for await (const result of workedInOrder(items, together, heeding)) {
    results.push(result);
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
