// One asynchronous part of a study, with its progress as events and its time on the study's clock.
import type { PhaseEvent, StudyEvent } from '../events.ts';
import { progressOf, type TellingWork } from './progress-stream.ts';
import type { Study } from './study-context.ts';
import { phaseEvent } from './study-events.ts';

/** How the events of the part are worded. */
export interface Telling {
  readonly phase: PhaseEvent['phase'];
  readonly unit: PhaseEvent['unit'];
  readonly arm: string;
  readonly evaluation?: PhaseEvent['evaluation'];
}

/**
 * Does `work` and returns its result. While it goes on, shares of the part are noted on the clock.
 * @param part by its name on the clock
 */
export async function* timedWork<T>(
  { clock, signal }: Pick<Study, 'clock' | 'signal'>,
  part: string,
  { phase, unit, arm, evaluation }: Telling,
  work: TellingWork<T>,
): AsyncGenerator<StudyEvent, T> {
  const progress = progressOf(work, signal);
  clock.start();
  for (let before = 0; ;) {
    const next = await progress.next();
    if (next.done) {
      clock.done(part, 1 - before);
      return next.value;
    }
    const { done, total } = next.value;
    const share = total === 0 ? 0 : done / total;
    clock.done(part, share - before);
    before = share;
    const event = phaseEvent(phase, done, total, unit, arm, clock.left);
    yield evaluation === undefined ? event : { ...event, evaluation };
    clock.start(); // whoever follows the events may have taken their time
  }
}
