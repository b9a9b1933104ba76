// The worker, lent to what is not kept as a run: a look, a race, an errand. Whoever asks next ends it,
// but a look, which nobody asked for, waits until an errand is done, and gives way to who asks meanwhile.
import type { RunWay, StudyEnd } from '../../lab/contract.ts';
import type { StudyEvent } from '../../lab/events.ts';
import type { ExperimentInput } from '../../lab/experiment/experiment.ts';
import type { LabClient } from '../../lab/lab-client.ts';

/** A look comes with the page, a race is watched, an errand is waited for. */
export type Purpose = 'look' | 'race' | 'errand';

export class LentWorker {
  /** What it is lent for, settled or not; null while it is not lent. */
  #work: Promise<StudyEnd> | null = null;
  #purpose: Purpose = 'look';
  /** How often it was asked for. */
  #asked = 0;
  /** Told before it is taken back, so that nothing waits for a reader any more. */
  #onEnding = () => {};

  /** @param isFree whether no run has it */
  constructor(
    private readonly lab: LabClient,
    private readonly isFree: () => boolean,
  ) {}

  /** @returns null where a run has the worker, or a look came too late */
  async lend(
    experiment: ExperimentInput,
    onEvent: (event: StudyEvent) => unknown,
    way: RunWay,
    purpose: Purpose,
    onEnding: () => void = () => {},
  ): Promise<StudyEnd | null> {
    const turn = ++this.#asked;
    // While it is waited for, someone else may have waited, too, and be quicker.
    while (this.#work) {
      if (purpose === 'look' && this.#purpose === 'errand') await this.#work.catch(() => {});
      else await this.takeBack();
      if (purpose === 'look' && turn !== this.#asked) return null;
    }
    if (!this.isFree()) return null;
    this.#purpose = purpose;
    this.#onEnding = onEnding;
    const work = this.lab.run(experiment, onEvent, way);
    this.#work = work;
    try {
      return await work;
    } finally {
      if (this.#work === work) this.#work = null;
    }
  }

  async takeBack(): Promise<void> {
    const work = this.#work;
    if (!work) return;
    this.#onEnding();
    await this.lab.cancel(work);
    if (this.#work === work) this.#work = null;
  }
}
