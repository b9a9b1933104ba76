// Lets one step of a race through at a time, or all of them.

export class Turnstile {
  #letThrough: (() => void) | undefined;
  #closed = false;
  /** Whether a step waits to be let through. */
  waiting = $state(false);

  /** From now on every step waits to be let through. */
  close(): void {
    this.#closed = true;
  }

  /** Settles at once while open, else when the next step is let through. */
  pass(): Promise<void> | void {
    if (!this.#closed) return;
    this.waiting = true;
    return new Promise((resolve) => (this.#letThrough = resolve));
  }

  /** Lets the one step through that waits. */
  once(): void {
    this.waiting = false;
    this.#letThrough?.();
    this.#letThrough = undefined;
  }

  open(): void {
    this.#closed = false;
    this.once();
  }
}
