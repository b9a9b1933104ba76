// What the worker does for the stage, of which only the latest is heard.
import type { StudyEnd } from '../../lab/contract.ts';
import type { StudyEvent } from '../../lab/events.ts';
import type { Experiment } from '../../lab/experiment/experiment.ts';
import type { Racing } from './racing.ts';

/** Whether nothing has been begun since. */
export type IsLatest = () => boolean;

export class LatestWork {
  /** Bytes of a model on its way. */
  loading = $state.raw<{ readonly done: number; readonly total: number } | null>(null);
  #turn = 0;

  /** @param onEnding told before the latest is ended from elsewhere */
  constructor(
    private readonly racing: Racing,
    private readonly onEnding: () => void,
  ) {}

  /** Takes the place of whatever was begun before. */
  begin(): IsLatest {
    const turn = ++this.#turn;
    this.loading = null;
    return () => turn === this.#turn;
  }

  /** @returns null where a study has the worker, or something else was begun */
  async follow(
    isLatest: IsLatest,
    experiment: Experiment,
    onEvent: (event: StudyEvent) => unknown,
  ): Promise<StudyEnd | null> {
    const hear = (event: StudyEvent) => {
      if (!isLatest()) return;
      const isLoading = event.type === 'phase' && event.phase === 'loading';
      this.loading = isLoading ? { done: event.done, total: event.total } : null;
      return onEvent(event);
    };
    try {
      // The end of an earlier look or trial lets nothing of the race after it through.
      const end = await this.racing.race(experiment, hear, () => isLatest() && this.onEnding());
      return isLatest() ? end : null;
    } catch (thrown) {
      if (!isLatest()) return null;
      throw thrown;
    } finally {
      if (isLatest()) this.loading = null;
    }
  }
}
