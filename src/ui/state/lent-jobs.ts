// What the worker is lent for: looks, races, errands. Each settles as null where a run has it.
import type { Asking, RunWay, StudyEnd } from '../../lab/contract.ts';
import type { StudyEvent } from '../../lab/events.ts';
import type { Experiment, ExperimentInput } from '../../lab/experiment/experiment.ts';
import type { Racing } from '../stage/racing.ts';
import { type BaseLook, BaseLooking, type BaseQuestion } from './base-look.ts';
import type { LentWorker, Purpose } from './lent-worker.ts';
import type { Machine } from './machine.svelte.ts';

type Hear = (event: StudyEvent) => unknown;

export class LentJobs implements Racing {
  /** The same for someone who waits for the end: looks do not end it. */
  readonly errands: Racing = {
    race: (experiment, onEvent, onEnding) =>
      this.#lend(experiment, onEvent, { inTurns: true }, 'errand', onEnding),
    ask: (experiment, asking, onEvent) => this.#lend(experiment, onEvent, { asking }, 'errand'),
    stopRace: () => this.stopRace(),
  };

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

  /** Trains the arms of an experiment in turns. */
  race(experiment: Experiment, onEvent: Hear, onEnding: () => void): Promise<StudyEnd | null> {
    return this.#lend(experiment, onEvent, { inTurns: true }, 'race', onEnding);
  }

  /** The same for someone who waits for its end. */
  measure(experiment: Experiment, onEvent: Hear): Promise<StudyEnd | null> {
    return this.#lend(experiment, onEvent, { inTurns: true }, 'errand');
  }

  /** Asks arms that were trained before. */
  ask(experiment: Experiment, asking: Asking, onEvent: Hear): Promise<StudyEnd | null> {
    return this.#lend(experiment, onEvent, { asking }, 'race');
  }

  /** Writes the folder that trains an experiment with PyTorch. */
  export(experiment: ExperimentInput, onEvent: Hear): Promise<StudyEnd | null> {
    return this.#lend(experiment, onEvent, { exporting: true }, 'errand');
  }

  /** Ends what it is lent for, whatever that is. */
  stopRace(): Promise<void> {
    return this.worker.takeBack();
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
