// Why the results of a stored run may lack something.
import type { DamagedRecord, StoredRun } from './run-store.ts';

/** Whole sentences; none where everything is there. @param unreadable events that could not be read */
export function incompleteNotes(
  { id, unwritten = 0 }: Pick<StoredRun, 'id' | 'unwritten'>,
  damaged: readonly DamagedRecord[],
  unreadable = 0,
): string[] {
  const lost = damaged.filter(({ run }) => run === id).map(({ what }) => what);
  return [
    ...(unwritten > 0 ? [`${counted(unwritten)} could not be written.`] : []),
    ...(unreadable > 0 ? [`${counted(unreadable)} cannot be read by this version.`] : []),
    ...lost.map((what) => `A damaged record was set aside: ${what}.`),
  ];
}

const counted = (records: number) =>
  records === 1 ? 'One record of this run' : `${records} records of this run`;
