// What the worker is lent for: looks, races, errands. Each settles as null where a run has it.
import type { RunWay, StudyEnd } from '../../lab/contract.ts';
import type { StudyEvent } from '../../lab/events.ts';
import type { ExperimentInput } from '../../lab/experiment/experiment.ts';
import type { Racing } from '../stage/racing.ts';
import { type BaseLook, BaseLooking, type BaseQuestion } from './base-look.ts';
import type { LentWorker, Purpose } from './lent-worker.ts';
import type { Machine } from './machine.svelte.ts';

type Hear = (event: StudyEvent) => unknown;

export class LentJobs {
  /** Watched: whatever is asked for next ends them. */
  readonly races = this.#racing('race');
  /** Waited for: looks do not end them. */
  readonly errands = this.#racing('errand');

  constructor(
    private readonly worker: LentWorker,
    private readonly machine: Machine,
  ) {}

  /** What the untouched model answers to one prompt, if the worker has nothing better to do. */
  async peek(asked: BaseQuestion): Promise<BaseLook | null> {
    const looking = new BaseLooking(asked);
    await this.#lend(looking.experiment, (event) => looking.add(event), {}, 'look');
    return looking.result;
  }

  /** Writes the folder that trains an experiment with PyTorch. */
  export(experiment: ExperimentInput, onEvent: Hear): Promise<StudyEnd | null> {
    return this.#lend(experiment, onEvent, { exporting: true }, 'errand');
  }

  /** Ends what it is lent for, whatever that is. */
  stopRace(): Promise<void> {
    return this.worker.takeBack();
  }

  #racing(purpose: Purpose): Racing {
    return {
      race: (experiment, onEvent, onEnding) =>
        this.#lend(experiment, onEvent, { inTurns: true }, purpose, onEnding),
      ask: (experiment, asking, onEvent) => this.#lend(experiment, onEvent, { asking }, purpose),
      stopRace: () => this.stopRace(),
    };
  }

  #lend(
    experiment: ExperimentInput,
    onEvent: Hear,
    way: RunWay,
    purpose: Purpose,
    onEnding?: () => void,
  ): Promise<StudyEnd | null> {
    const hear = (event: StudyEvent) => {
      this.machine.hear(event);
      return onEvent(event);
    };
    // Too short for other threads to be of help.
    return this.worker.lend(experiment, hear, { threads: 1, ...way }, purpose, onEnding);
  }
}
