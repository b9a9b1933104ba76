// What a run is doing right now, in a few words.
import type { PhaseEvent } from '../../lab/events.ts';
import type { WorkActivity } from '../state/run-work.svelte.ts';
import type { RunState } from '../../lab/state/run-state.ts';
import type { RunStage } from '../../lab/state/stages.ts';
import { evaluationNamed } from '../../evaluation/names.ts';
import { bytes, count, roughly, span } from './format.ts';

/** The running arm's step if it trains, else the phase with its own total. */
export function progressWords({ phase, arms }: RunState, activity: WorkActivity): string {
  if (activity === 'cancelling') return 'Cancelling after this step';
  const training = arms.find(({ name }) => name === phase?.arm)?.last;
  const held = activity === 'paused' ? 'Paused: ' : '';
  if (phase?.phase === 'training' && training) {
    return `${held}training ${phase.arm}, step ${count(training.step)} of ${count(training.steps)}`;
  }
  return held + (phase ? phaseWords(phase) : 'starting');
}

/** What is under way, and how much of it is done. */
export function phaseWords({ phase, arm, done, total, unit, evaluation }: PhaseEvent): string {
  const amount = (n: number) => (unit === 'bytes' ? bytes(n) : count(n));
  const of = total > 0 ? `, ${amount(done)} of ${amount(total)}` : '';
  const what = arm === undefined ? '' : ` ${arm}`;
  switch (phase) {
    case 'loading':
      return `loading the model${of}`;
    case 'compiling':
      return `compiling and testing kernels${of}`;
    case 'preparing':
      return `preparing prompts${of}`;
    case 'training':
      return `training${what}${of && `${of} steps`}`;
    case 'scoring':
      return `scoring${what}${of && `${of} prompts`}`;
    case 'searching':
      return `searching the temperature of${what}${of && `${of} tried`}`;
    case 'evaluating':
      return `evaluating${what}${evaluation ? `: ${evaluationNamed(evaluation).title.toLowerCase()}` : ''}${of && `${of} parts`}`;
  }
}

/**
 * The time left for the whole run, once its steps have been timed; the least of it while something else
 * has not been.
 * @param inAll seconds left in the runs that follow as well, from those of this one
 */
export function timeLeft(
  { phase, arms }: RunState,
  inAll: (ofThis: number) => number | null,
): string | null {
  const { secondsLeft, secondsAtLeast } = phase ?? {};
  const isTimed = arms.some(({ last }) => last);
  const ofThis = secondsLeft ?? (isTimed ? secondsAtLeast : undefined);
  const seconds = ofThis === undefined ? null : inAll(ofThis);
  if (seconds === null) return null;
  return `${secondsLeft === undefined ? `more than ${span(seconds)}` : roughly(seconds)} left`;
}

export function stageName({ kind, arm }: RunStage): string {
  return kind === 'load' ? 'load' : `${kind} ${arm}`;
}
