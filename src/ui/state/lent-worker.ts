// The worker, lent to what is not kept as a run: a look, a race, questions. Whoever asks next ends it.
import type { RunWay, StudyEnd } from '../../lab/contract.ts';
import type { StudyEvent } from '../../lab/events.ts';
import type { ExperimentInput } from '../../lab/experiment/experiment.ts';
import type { LabClient } from '../../lab/lab-client.ts';

export class LentWorker {
  /** What it is lent for, settled or not; null while it is not lent. */
  #work: Promise<StudyEnd> | null = null;
  /** Told before it is taken back, so that nothing waits for a reader any more. */
  #onEnding = () => {};

  /** @param isFree whether no run has it */
  constructor(
    private readonly lab: LabClient,
    private readonly isFree: () => boolean,
  ) {}

  /** @returns null where a run has the worker */
  async lend(
    experiment: ExperimentInput,
    onEvent: (event: StudyEvent) => unknown,
    way: RunWay,
    onEnding: () => void = () => {},
  ): Promise<StudyEnd | null> {
    // While it is taken back, someone else may have waited for it, too, and be quicker.
    while (this.#work) await this.takeBack();
    if (!this.isFree()) return null;
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
