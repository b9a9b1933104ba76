// How the stage has the worker do something; each settles as null where a study has the worker.
import type { Asking, StudyEnd } from '../../lab/contract.ts';
import type { StudyEvent } from '../../lab/events.ts';
import type { Experiment } from '../../lab/experiment/experiment.ts';

export interface Racing {
  /** @param onEnding told before the race is ended from elsewhere */
  race(
    experiment: Experiment,
    onEvent: (event: StudyEvent) => unknown,
    onEnding: () => void,
  ): Promise<StudyEnd | null>;
  /** Asks arms that were trained before. */
  ask(
    experiment: Experiment,
    asking: Asking,
    onEvent: (event: StudyEvent) => unknown,
  ): Promise<StudyEnd | null>;
  /** Ends the race at hand, if there is one. */
  stopRace(): Promise<void>;
}
