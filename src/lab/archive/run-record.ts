// A stored run as one JSON file, from which it is restored elsewhere.
import { InputError } from '../../core/errors.ts';
import { isObject } from '../../core/is-object.ts';
import type { StudyEvent } from '../events.ts';
import type { StoredRun } from '../runs/run-store.ts';

export const RECORD = 'run.json';

/** Of the file's layout. */
const FORMAT = 1;
/** What stores give: theirs are 32 or 36 characters long. */
const ID = /^[\w-]{8,64}$/;

export const runRecord = (run: StoredRun, events: readonly StudyEvent[]): string =>
  JSON.stringify({ format: FORMAT, run, events });

/**
 * The run and its events, which are read like those of any store: what this version does not know is
 * left out where it is shown. What was not finished there is not running here.
 * @throws InputError where the file is none of these, or of a newer version
 */
export function readRecord(json: unknown): { run: StoredRun; events: StudyEvent[] } {
  const { format, run, events } = isObject(json) ? json : {};
  if (typeof format === 'number' && format > FORMAT) {
    throw new InputError(
      `${RECORD} was written by a newer version of the lab`,
      'Reload the page to get it, or open results.json alone.',
      'format',
    );
  }
  const known = isObject(run) ? run : {};
  const { id, status, experiment } = known;
  if (typeof id !== 'string' || !ID.test(id) || !isObject(experiment) || !Array.isArray(events)) {
    throw new InputError(
      `${RECORD} is not a run of this lab`,
      'Give the file as it was made.',
      'run',
    );
  }
  const ended = status === 'running' || status === 'waiting' ? 'cancelled' : status;
  return {
    run: { ...known, status: ended } as unknown as StoredRun,
    events: events as StudyEvent[],
  };
}
