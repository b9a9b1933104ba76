// How far the files of a model have come, and how long each will take.

export interface FileProgress {
  readonly name: string;
  /** Bytes that are here, those of earlier visits included. */
  readonly done: number;
  /** Null where the server does not say. */
  readonly total: number | null;
  /** At the mean speed since this visit began; null until that is known. */
  readonly secondsLeft: number | null;
}

interface Track {
  readonly startedAt: number;
  /** Bytes that were here at the first report. */
  readonly before: number;
  done: number;
  total: number | null;
}

/** A mean over less time says nothing. */
const SHORTEST_MS = 500;

export class DownloadProgress {
  readonly #tracks = new Map<string, Track>();

  /** @param now milliseconds, from any fixed moment */
  constructor(private readonly now: () => number = () => performance.now()) {}

  report(name: string, done: number, total: number | undefined): void {
    const now = this.now();
    const track = this.#tracks.get(name) ?? {
      startedAt: now,
      before: done,
      done,
      total: null,
    };
    Object.assign(track, { done, total: total ?? null });
    this.#tracks.set(name, track);
  }

  /** In the order in which they were begun. */
  files(): FileProgress[] {
    return [...this.#tracks].map(([name, track]) => ({
      name,
      done: track.done,
      total: track.total,
      secondsLeft: secondsLeft(track, this.now()),
    }));
  }

  /** Over all files begun; a total that is not known counts as what has come. */
  sum(): { done: number; total: number } {
    const tracks = [...this.#tracks.values()];
    return {
      done: tracks.reduce((sum, { done }) => sum + done, 0),
      total: tracks.reduce((sum, { done, total }) => sum + (total ?? done), 0),
    };
  }
}

function secondsLeft({ startedAt, before, done, total }: Track, now: number): number | null {
  if (total === null) return null;
  if (done >= total) return 0;
  const elapsed = now - startedAt;
  const gained = done - before;
  if (elapsed < SHORTEST_MS || gained === 0) return null;
  return ((total - done) * elapsed) / gained / 1000;
}
