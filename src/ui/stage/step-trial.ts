// A few steps of both lanes, by which the length of a race is measured.
import type { StudyEvent } from '../../lab/events.ts';

export const TRIAL_STEPS = 4;

export class StepTrial {
  readonly #ends: number[] = [];

  /** @returns seconds of a step of both lanes, once enough have been seen */
  hear(event: StudyEvent): number | undefined {
    if (event.type !== 'snapshot' || event.step === 0) return undefined;
    this.#ends.push(performance.now());
    // The first step of each lane also prepares programs and weights; after the last, more is scored.
    const later = this.#ends.slice(2);
    if (later.length < 2 || event.step === TRIAL_STEPS) return undefined;
    return (2 * (later.at(-1)! - later[0]!)) / (later.length - 1) / 1000;
  }
}
