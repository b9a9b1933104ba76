// How many cores a study on the processor uses: of this machine, kept in this browser, no part of an experiment.
import { usualThreads } from '../../lab/study/lanes/thread-counts.ts';

const KEY = 'cores';

export class Cores {
  /** As many as the machine has. */
  readonly most = Math.max(1, navigator.hardwareConcurrency);
  /** Unless a person chooses. */
  readonly usual = usualThreads(this.most);
  #chosen = $state(this.#kept());

  /** Undefined where nobody chose, so that memory may bound them. */
  get chosen(): number | undefined {
    return this.#chosen;
  }

  choose(count: number): void {
    this.#chosen = count === this.usual ? undefined : count;
    try {
      if (this.#chosen === undefined) localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, String(count));
    } catch {
      // A browser that keeps nothing uses what was chosen until the page is left.
    }
  }

  #kept(): number | undefined {
    try {
      const count = Number(localStorage.getItem(KEY) ?? NaN);
      return Number.isInteger(count) && count >= 1 && count <= this.most ? count : undefined;
    } catch {
      return undefined;
    }
  }
}
