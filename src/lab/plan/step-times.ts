// How long the arms of an experiment will take, from what their first steps took.
import type { StudyEvent } from '../events.ts';
import { type Experiment, isTrained } from '../experiment/experiment.ts';

/** Steps of each arm that are timed; one before them also prepares programs and weights. */
const TIMED = 2;

/** Hears the beginning of an experiment whose arms are trained in turns. */
export class StepTimes {
  /** By arm, when each of its steps, and of its scores, had been taken: milliseconds. */
  readonly #trained = new Map<string, number[]>();
  readonly #scored: number[] = [];
  #prompts = 0;
  #before = 0;

  constructor(private readonly experiment: Pick<Experiment, 'arms'>) {}

  /** @param now in milliseconds */
  hear(event: StudyEvent, now: number): void {
    if (event.type === 'phase' && event.phase === 'preparing') this.#prompts = event.total;
    if (event.type === 'step') {
      this.#trained.set(event.arm, [...(this.#trained.get(event.arm) ?? []), event.seconds]);
    }
    if (event.type === 'snapshot') this.#scored.push((now - this.#before) / 1000);
    this.#before = now;
  }

  /** Whether enough has been heard to stop. */
  get isEnough(): boolean {
    const trained = this.experiment.arms.filter(isTrained);
    const steps = trained.map(({ name }) => this.#trained.get(name)?.length ?? 0);
    return this.#scored.length > 1 && steps.every((count) => count > TIMED);
  }

  /** Seconds to train an arm, if it is trained, and to score it exactly; null where too little was heard. */
  secondsOf(arm: string, steps: number): number | null {
    // The first look prepares, too.
    const looks = this.#scored.slice(1);
    if (looks.length === 0) return null;
    const scoring = this.#prompts * (looks.reduce((sum, each) => sum + each, 0) / looks.length);
    if (steps === 0) return scoring;
    const seconds = this.#trained.get(arm) ?? [];
    if (seconds.length < 2) return null;
    const each = (seconds.at(-1)! - seconds[0]!) / (seconds.length - 1);
    return steps * each + scoring;
  }
}
