// The time left in studies that run one after the other and take about as long as each other.

export class SeriesClock {
  /** How many studies follow the one that runs. */
  #after = 0;
  #began = 0;
  /** Whether the one that runs had come some way before this clock saw it. */
  #resumed = false;
  /** Seconds of the last study that was seen from its start to its end. */
  #whole: number | undefined;

  /** @param now milliseconds */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Notes that a study begins, and how many follow it. */
  begin(after: number, resumed: boolean): void {
    this.#after = after;
    this.#resumed = resumed;
    this.#began = this.now();
  }

  /** Notes that it has ended. */
  end(): void {
    if (!this.#resumed) this.#whole = this.#elapsed();
  }

  /**
   * Seconds left in all of them. A study that was resumed tells too little of those that follow: its
   * own length is then taken as what is seen of it.
   * @param ofThis seconds left in the study that runs; undefined while nobody can say
   */
  secondsLeft(ofThis: number | undefined): number | undefined {
    if (ofThis === undefined) return undefined;
    return ofThis + this.#after * (this.#whole ?? this.#elapsed() + ofThis);
  }

  #elapsed(): number {
    return (this.now() - this.#began) / 1000;
  }
}
