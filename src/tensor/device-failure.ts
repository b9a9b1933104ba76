// The failure of one device: what waits for the device hears of it, and nothing else does.
import type { DeviceError } from './device-errors.ts';

/** A browser says that a device is lost a moment after its reads have failed. */
const GRACE_MS = 500;

/** Belongs to one start of a backend; a later start, or another backend, has one of its own. */
export class DeviceFailure {
  #error: DeviceError | undefined;
  readonly #waiting = new Set<(error: DeviceError) => void>();

  /** The first thing that went wrong, if anything did. */
  get error(): DeviceError | undefined {
    return this.#error;
  }

  report(error: DeviceError): void {
    if (this.#error !== undefined) return;
    this.#error = error;
    for (const reject of this.#waiting) reject(error);
    this.#waiting.clear();
  }

  /**
   * The outcome of `work`, or a rejection as soon as the device fails: work that waits for a lost device
   * may never end. An error of `work` on a device that has failed is told as that failure. Nothing is
   * kept of what has ended, so that a run may ask millions of times.
   */
  guard<T>(work: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#error !== undefined) {
        work.catch(() => {});
        reject(this.#error);
        return;
      }
      this.#waiting.add(reject);
      const ended = (settle: () => void) => {
        this.#waiting.delete(reject);
        settle();
      };
      work.then(
        (value) => ended(() => resolve(value)),
        (error: unknown) => ended(() => reject((this.#error ?? error) as Error)),
      );
    });
  }

  /**
   * What an error of work on the device really was: one that goes away may break its work off before it
   * says so.
   */
  async cause(error: unknown): Promise<unknown> {
    if (this.#error === undefined) await new Promise((resolve) => setTimeout(resolve, GRACE_MS));
    return this.#error ?? error;
  }
}
