// One owner for each run: whoever works on it, or deletes it, holds its lock. Other tabs see it held.
const PREFIX = 'calibration-lab-run:';

export type Release = () => Promise<void>;

export class RunLocks {
  readonly #own = new Set<string>();

  /** @param locks missing where the page is not served securely; runs then have this tab alone */
  constructor(
    private readonly locks: Pick<LockManager, 'request' | 'query'> | undefined = globalThis
      .navigator?.locks,
  ) {}

  /** Makes the run ours until the returned function is called or the tab closes; null where it is taken. */
  async claim(id: string): Promise<Release | null> {
    if (this.#own.has(id)) return null;
    this.#own.add(id);
    let free: Release | null = null;
    try {
      return (free = await this.#request(id));
    } finally {
      if (!free) this.#own.delete(id);
    }
  }

  /** The runs that other tabs hold; where the browser cannot say, none. */
  async elsewhere(): Promise<readonly string[]> {
    const { held = [] } = (await this.locks?.query()) ?? {};
    const ids = held.flatMap(({ name = '' }) =>
      name.startsWith(PREFIX) ? [name.slice(PREFIX.length)] : [],
    );
    return ids.filter((id) => !this.#own.has(id));
  }

  async #request(id: string): Promise<Release | null> {
    const forget = () => void this.#own.delete(id);
    if (!this.locks) return async () => forget();
    return new Promise((claimed, failed) => {
      let settled: Promise<unknown> = Promise.resolve();
      const hold = (lock: Lock | null) => {
        if (!lock) return claimed(null);
        return new Promise<void>((letGo) => {
          claimed(async () => {
            letGo();
            // Only then do others see it free.
            await settled;
            forget();
          });
        });
      };
      settled = this.locks!.request(PREFIX + id, { ifAvailable: true }, hold);
      settled.catch(failed);
    });
  }
}
