// Lets one step of a race through at a time, or all of them.

export class Turnstile {
  #open: (() => void) | undefined;
  /** Whether every step waits to be let through. */
  closed = false;

  /** Settles at once while open, else when the next step is let through. */
  pass(): Promise<void> | void {
    if (this.closed) return new Promise((resolve) => (this.#open = resolve));
  }

  get isWaitedAt(): boolean {
    return this.#open !== undefined;
  }

  /** Lets the one step through that waits. */
  once(): void {
    this.#open?.();
    this.#open = undefined;
  }

  open(): void {
    this.closed = false;
    this.once();
  }
}
