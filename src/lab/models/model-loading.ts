// Loading a model while saying how far it is, until it is there or nobody wants it any more.
import type { ModelFiles } from '../../model/files/model-files.ts';
import { DownloadProgress } from '../../model/sources/download-progress.ts';
import type { LoadEvent, Notice } from '../contract.ts';
import type { ModelSources, OpenedSource } from './model-sources.ts';

/** How often progress is reported. */
const TICK_MS = 100;

export interface LoadedModel<M> {
  /** With the version that was loaded, e.g. `hf:owner/name@COMMIT`. */
  readonly name: string;
  readonly model: M;
}

/** Where a model comes from and what becomes of it. */
export interface LoadParts<M> {
  readonly sources: ModelSources;
  /** What the cache has to say, emptied as it is passed on. */
  readonly notices: Notice[];
  /** Reads the files and puts the weights where they are used. */
  place(files: ModelFiles, opened: Pick<OpenedSource, 'name' | 'adapter'>): Promise<M>;
  /** Takes a model back that nobody waits for any more. */
  release(model: M): void;
}

/**
 * Yields progress and notices, and returns the model.
 * @param name as an experiment writes it
 * @throws InputError for a name that means nothing or a model that cannot be read; SourceError; the
 * signal's reason
 */
export async function* loadModel<M>(
  name: string,
  { sources, notices, place, release }: LoadParts<M>,
  signal?: AbortSignal,
): AsyncGenerator<LoadEvent, LoadedModel<M>> {
  const progress = new DownloadProgress();
  const left = new AbortController();
  const stop = signal ? AbortSignal.any([signal, left.signal]) : left.signal;

  const loading = (async () => {
    const opened = await sources.open(name, {
      signal: stop,
      onProgress: (file, done, total) => progress.report(file, done, total),
      onNotice: (notice) => notices.push(notice),
    });
    const model = await place(interruptible(opened.files, stop), opened);
    await opened.complete?.();
    return { name: opened.name, model };
  })();
  const settled = loading.then(
    () => true,
    () => true,
  );
  let handedOver = false;
  try {
    for (;;) {
      yield* told(notices);
      yield { type: 'progress', files: progress.files(), ...progress.sum() };
      if (!(await Promise.race([settled, tick()]))) continue;
      const loaded = await loading;
      stop.throwIfAborted();
      yield* told(notices);
      handedOver = true;
      return loaded;
    }
  } finally {
    if (!handedOver) {
      left.abort();
      void loading.then(({ model }) => release(model)).catch(() => {});
    }
  }
}

function* told(notices: Notice[]): Generator<LoadEvent> {
  for (const notice of notices.splice(0)) yield { type: 'notice', ...notice };
}

/** Reading stops when the signal aborts, also where all bytes are at hand. */
function interruptible(files: ModelFiles, signal: AbortSignal): ModelFiles {
  const unless =
    <A extends unknown[], T>(read: (...of: A) => Promise<T>) =>
    async (...of: A) => {
      signal.throwIfAborted();
      return read(...of);
    };
  const { range, size, names } = files;
  return Object.assign(
    unless((name: string) => files(name)),
    range && { range: unless(range) },
    size && { size: unless(size) },
    names && { names },
  );
}

const tick = () => new Promise<false>((resolve) => setTimeout(() => resolve(false), TICK_MS));
