// Estimates how long a study still takes, from what its parts took so far.

/** The base's answers to one anchor prompt; an optimizer step; the scoring of one arm on one prompt. */
const PARTS = ['anchor', 'step', 'score'] as const;
type Part = (typeof PARTS)[number];

/** A stopwatch that is started before each stretch of work, so that pauses between them do not count. */
export class StudyClock {
  readonly #left: Record<Part, number> = { anchor: 0, step: 0, score: 0 };
  readonly #seen: Record<Part, { count: number; seconds: number }> = {
    anchor: { count: 0, seconds: 0 },
    step: { count: 0, seconds: 0 },
    score: { count: 0, seconds: 0 },
  };
  #last = performance.now();

  /** @param left how many parts of each kind the study consists of */
  constructor(left: Partial<Record<Part, number>>) {
    Object.assign(this.#left, left);
  }

  /** Restarts the stopwatch: what came before counts for nothing. */
  start(): void {
    this.#last = performance.now();
  }

  /** Notes that `count` parts were done since the start; returns the seconds they took. */
  done(part: Part, count = 1): number {
    const now = performance.now();
    const seconds = (now - this.#last) / 1000;
    this.#seen[part].count += count;
    this.#seen[part].seconds += seconds;
    this.#left[part] -= count;
    this.#last = now;
    return seconds;
  }

  /** Seconds of one part; undefined before the first. */
  secondsEach(part: Part): number | undefined {
    const { count, seconds } = this.#seen[part];
    return count === 0 ? undefined : seconds / count;
  }

  /** Seconds left in the study; undefined while a kind of part that is left has not been timed. */
  get secondsLeft(): number | undefined {
    let total = 0;
    for (const part of PARTS) {
      if (this.#left[part] <= 0) continue;
      const each = this.secondsEach(part);
      if (each === undefined) return undefined;
      total += each * this.#left[part];
    }
    return total;
  }
}
