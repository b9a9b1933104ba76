// Keeps a run going through what happens to its machine: it is gone on with by itself, a few times.
import type { BackendWish, StudyEnd } from '../contract.ts';
import type { Checkpoint, Environment } from '../events.ts';
import { type LabError, labErrorOf } from '../lab-error.ts';

/** A machine that fails again and again is not waited for longer: a person may know why. */
export const MOST_RECOVERIES = 3;

/** A crashed GPU process takes about this long to come back, the longer the more often it crashed. */
const REST_MS = 1_000;

export interface KeptRun {
  /** Goes back to the last checkpoint; undefined where the run begins anew. */
  rewind(): Promise<Checkpoint | undefined>;
  /** Runs the study from there to its end. @throws what `labErrorOf` understands */
  attempt(resume: Checkpoint | undefined, avoid: BackendWish['avoid']): Promise<StudyEnd>;
  /** The backend that it runs on; undefined before it is known. */
  backend(): Environment['backend'] | undefined;
  /** Hears of a fault before the run goes on. */
  onRecovery(fault: LabError, recovery: number, from: Checkpoint | undefined): void | Promise<void>;
  /** Whether somebody still wants the run. */
  isWanted(): boolean;
}

export interface RunEnding {
  readonly status: StudyEnd | 'failed';
  readonly error: LabError | null;
}

/** @param resume where the first attempt begins */
export async function keepRunning(run: KeptRun, resume?: Checkpoint): Promise<RunEnding> {
  let from = resume;
  let avoid: BackendWish['avoid'];
  for (let recovery = 1; ; recovery++) {
    try {
      return { status: await run.attempt(from, avoid), error: null };
    } catch (thrown) {
      const error = labErrorOf(thrown);
      if (!run.isWanted()) return { status: 'cancelled', error: null };
      if (!isOfTheMachine(error)) return { status: 'failed', error };
      if (recovery > MOST_RECOVERIES) return { status: 'failed', error: givenUp(error) };
      avoid = avoided(error, recovery, run.backend()) ?? avoid;
      await new Promise((resolve) => setTimeout(resolve, REST_MS * recovery));
      from = await run.rewind();
      if (!run.isWanted()) return { status: 'cancelled', error: null };
      await run.onRecovery(error, recovery, from);
    }
  }
}

/** Whether the same study may go well on a fresh worker. */
const isOfTheMachine = ({ kind }: LabError): boolean =>
  kind === 'device' || kind === 'memory' || kind === 'worker';

/**
 * A lost device may come back, but not for ever; one that has no room, or cannot run a program, will
 * fail in the same place again.
 */
function avoided(
  error: LabError,
  recovery: number,
  backend: Environment['backend'] | undefined,
): BackendWish['avoid'] {
  if (backend !== 'webgpu') return undefined;
  const passing = error.kind === 'worker' || (error.kind === 'device' && error.fault === 'lost');
  return passing && recovery < MOST_RECOVERIES ? undefined : ['webgpu'];
}

const givenUp = (error: LabError): LabError => ({
  ...error,
  message: `${error.message} (the run went on by itself ${MOST_RECOVERIES} times before)`,
});

/** What a person is told of it, in the run's own record. */
export function recoveryWords(
  { message }: LabError,
  recovery: number,
  from: Checkpoint | undefined,
): string {
  const place = from === undefined ? 'its beginning' : `step ${from.step} of ${from.arm}`;
  return `${message}. The run went on by itself from ${place} (time ${recovery} of ${MOST_RECOVERIES}).`;
}
