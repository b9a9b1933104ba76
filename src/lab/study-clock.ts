// Estimates how long a study still takes, from what its parts took so far.

type Part = 'step' | 'score';

export class StudyClock {
  readonly #left: Record<Part, number>;
  readonly #seen: Record<Part, { count: number; seconds: number }> = {
    step: { count: 0, seconds: 0 },
    score: { count: 0, seconds: 0 },
  };
  #last = performance.now();

  /** @param left optimizer steps and prompt scorings that the study consists of */
  constructor(left: Record<Part, number>) {
    this.#left = { ...left };
  }

  /** Restarts the stopwatch, so that what came before counts for nothing. */
  start(): void {
    this.#last = performance.now();
  }

  /** Notes that `count` parts were done since the last call. */
  done(part: Part, count = 1): void {
    const now = performance.now();
    this.#seen[part].count += count;
    this.#seen[part].seconds += (now - this.#last) / 1000;
    this.#left[part] -= count;
    this.#last = now;
  }

  /** Seconds of one part; undefined before the first. */
  secondsEach(part: Part): number | undefined {
    const { count, seconds } = this.#seen[part];
    return count === 0 ? undefined : seconds / count;
  }

  /** Seconds left in the study; undefined while a kind of part that is left has not been timed. */
  get secondsLeft(): number | undefined {
    let total = 0;
    for (const part of ['step', 'score'] as const) {
      if (this.#left[part] <= 0) continue;
      const each = this.secondsEach(part);
      if (each === undefined) return undefined;
      total += each * this.#left[part];
    }
    return total;
  }
}
