// A race as it is watched: event by event, drawn now and then, each turn let through by whoever watches.
import type { StudyEvent } from '../../lab/events.ts';
import type { Experiment } from '../../lab/experiment/experiment.ts';
import { type Race, raceAfter } from '../../lab/race/race.ts';

/** How often the page redraws while a race reports. */
const FRAME_MS = 50;

export interface Watching {
  readonly draw: (race: Race) => void;
  /** What a step of both lanes waits for before the next. */
  readonly turn: () => Promise<void> | void;
}

export class DrawnRace {
  /** As far as it has come; undefined before its first event. */
  race: Race | undefined;
  #firstStep: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly experiment: Experiment,
    private readonly watching: Watching,
  ) {}

  readonly hear = (event: StudyEvent): Promise<void> | void => {
    if (event.type === 'step') this.#firstStep ??= performance.now();
    this.race = raceAfter(this.race, this.experiment, event);
    this.#timer ??= setTimeout(() => this.draw(), FRAME_MS);
    const { steps } = this.experiment.training;
    const isTurn = event.type === 'snapshot' && event.step > 0 && event.step < steps;
    const isLast = isTurn && event.arm === this.race?.lanes.at(-1)?.arm.name;
    return isLast ? this.watching.turn() : undefined;
  };

  /** At once, whatever was put off. */
  draw(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.race?.base) this.watching.draw(this.race);
  }

  /** Of a step of both lanes, once all have been taken. */
  get secondsEach(): number {
    return (performance.now() - this.#firstStep!) / 1000 / this.experiment.training.steps;
  }
}
