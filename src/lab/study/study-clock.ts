// Estimates how long a study still takes, from what its parts took so far.
import type { PhaseEvent } from '../events.ts';

/**
 * The base's answers to one anchor prompt; an optimizer step; the scoring of one arm on one prompt; a
 * further evaluation, by its name.
 */
export type Part = string;

/** As events say it. */
export type TimeLeft = Pick<PhaseEvent, 'secondsLeft' | 'secondsAtLeast'>;

const NOTHING = { count: 0, seconds: 0 };
/** What shares of a part may leave of it. */
const ROUNDING = 1e-9;

/** A stopwatch that is started before each stretch of work, so that pauses between them do not count. */
export class StudyClock {
  readonly #left: Map<Part, number>;
  readonly #seen = new Map<Part, { readonly count: number; readonly seconds: number }>();
  #last = performance.now();

  /** @param left how many of each part the study consists of */
  constructor(left: Readonly<Record<Part, number>>) {
    this.#left = new Map(Object.entries(left));
  }

  /** Restarts the stopwatch: what came before counts for nothing. */
  start(): void {
    this.#last = performance.now();
  }

  /** Notes that `count` parts (or a share of one) were done since the start; returns the seconds it took. */
  done(part: Part, count = 1): number {
    const now = performance.now();
    const seconds = (now - this.#last) / 1000;
    const { count: counted, seconds: counting } = this.#seen.get(part) ?? NOTHING;
    this.#seen.set(part, { count: counted + count, seconds: counting + seconds });
    this.#left.set(part, (this.#left.get(part) ?? 0) - count);
    this.#last = now;
    return seconds;
  }

  /** Seconds of one part; undefined before the first. */
  secondsEach(part: Part): number | undefined {
    const { count, seconds } = this.#seen.get(part) ?? NOTHING;
    return count === 0 ? undefined : seconds / count;
  }

  /** Seconds left in the study, or in what has been timed of it; of a study that nobody plans, nothing. */
  get left(): TimeLeft {
    const parts = [...this.#left].filter(([, left]) => left > ROUNDING);
    const times = parts.map(([part, left]) => (this.secondsEach(part) ?? NaN) * left);
    const timed = times.filter((seconds) => !Number.isNaN(seconds));
    const seconds = timed.reduce((sum, each) => sum + each, 0);
    if (timed.length === parts.length) return { secondsLeft: seconds };
    return timed.length > 0 ? { secondsAtLeast: seconds } : {};
  }
}
