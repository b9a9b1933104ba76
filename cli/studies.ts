// The folders that an experiment fills: its own, or within it one for each of its seeds.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../src/core/errors.ts';
import type { Experiment } from '../src/lab/experiment/experiment.ts';
import { perSeed } from '../src/lab/experiment/seeds.ts';
import type { FolderLock } from './folder-lock.ts';
import { writeConfig } from './study-config.ts';
import { isFinished, isInterrupted, RESULTS, StudyFolder } from './study-folder.ts';

export interface StudyPlace {
  readonly path: string;
  readonly experiment: Experiment;
}

/** Where the studies of an experiment lie: one at `path` itself, unless it has several seeds. */
export function placesOf(path: string, experiment: Experiment): StudyPlace[] {
  if (experiment.seeds === undefined) return [{ path, experiment }];
  return perSeed(experiment).map((single) => ({
    path: join(path, `seed-${single.seed}`),
    experiment: single,
  }));
}

/**
 * Makes room for new studies: results of an earlier run go, so that they cannot be taken for theirs.
 * @throws InputError if the folder cannot be written, or an interrupted study lies in it
 */
export async function makeRoom(path: string, experiment: Experiment): Promise<void> {
  const places = placesOf(path, experiment);
  if (places.some((place) => isInterrupted(place.path))) {
    throw new InputError(
      `${path} holds a study that was interrupted`,
      `continue it with --resume ${path}, or give another --out`,
      'out',
    );
  }
  for (const place of places) await rm(join(place.path, RESULTS), { force: true });
  await writeConfig(path, experiment);
}

/** The folder of one study, as far as it had come; null where it has all its results. */
export async function folderAt(
  { path, experiment }: StudyPlace,
  lock?: FolderLock,
): Promise<StudyFolder | null> {
  if (isFinished(path)) return null;
  return isInterrupted(path)
    ? StudyFolder.open(path, experiment, lock)
    : StudyFolder.create(path, experiment, lock);
}
