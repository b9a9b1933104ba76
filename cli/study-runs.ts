// The studies of a run, one for each seed, kept resumable in their folders, and their comparison.
import { basename } from 'node:path';
import { InputError } from '../src/core/errors.ts';
import type { Checkpoint, StudyEvent } from '../src/lab/events.ts';
import type { Experiment } from '../src/lab/experiment/experiment.ts';
import { LabFailure } from '../src/lab/lab-error.ts';
import type { Results } from '../src/lab/results/results.ts';
import { keepRunning, recoveryWords } from '../src/lab/runs/keep-running.ts';
import { SeriesClock } from '../src/lab/study/series-clock.ts';
import { writeComparison } from './comparison-folder.ts';
import { readStudies } from './finished-studies.ts';
import { FolderLock } from './folder-lock.ts';
import { runJobAt, type Workplace } from './jobs.ts';
import { folderAt, placesOf, type StudyPlace } from './studies.ts';
import type { StudyFolder } from './study-folder.ts';
import { reportProgress, toJson } from './terminal.ts';
import type { Terminal } from './terminal.ts';

export interface Run {
  readonly path: string;
  readonly experiment: Experiment;
  readonly place: Workplace;
  readonly lock: FolderLock;
}

/** Runs those that are not finished; tells of them as they go, and of what they came to. */
export async function runStudies(
  { path, experiment, place: workAt, lock: ownLock }: Run,
  options: { readonly progress: boolean },
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const places = placesOf(path, experiment);
  const clock = new SeriesClock();
  let ran = false;
  for (const [i, place] of places.entries()) {
    const which = places.length > 1 ? `seed ${place.experiment.seed}, ` : '';
    const lock = place.path === path ? ownLock : await FolderLock.take(place.path);
    const results = await runAt(place, workAt, lock, signal, {
      begin: ({ checkpoint, notice }) => {
        clock.begin(places.length - 1 - i, checkpoint !== undefined);
        if (notice !== undefined) terminal.notify(`note: ${notice}\n`);
      },
      event(event) {
        if (event.type === 'warning') terminal.notify(`note: ${event.message}\n`);
        const line = progressLine(event, clock);
        if (line !== undefined) reportProgress(terminal, options, which + line);
      },
    }).finally(() => lock !== ownLock && lock.release());
    if (!results) continue;
    ran = true;
    clock.end();
    if (places.length > 1) continue;
    const summary = Object.entries(results.arms).map(([name, arm]) => [name, arm.summary]);
    return terminal.write(`${toJson({ out: path, summary: Object.fromEntries(summary) })}\n`);
  }
  if (places.length === 1 && !ran) {
    throw new InputError(
      `the study in ${path} is finished`,
      'start another with --config',
      'resume',
    );
  }
  await compareSeeds(path, places, terminal);
}

/** What a study tells while it runs. */
interface Listener {
  begin(folder: StudyFolder): void;
  event(event: StudyEvent): void;
}

/** Runs one study to its end; null where it had come there before. */
async function runAt(
  place: StudyPlace,
  workAt: Workplace,
  lock: FolderLock,
  signal: AbortSignal,
  listener: Listener,
): Promise<Results | null> {
  const folder = await folderAt(place, lock);
  if (!folder) return null;
  listener.begin(folder);
  const { experiment } = folder;
  const heard = async (event: StudyEvent) => {
    await folder.add(event);
    listener.event(event);
  };
  const attempt = async (resume: Checkpoint | undefined) => {
    const job = { kind: 'study', experiment, ...(resume && { resume }) } as const;
    await runJobAt(workAt, job, heard, signal);
  };
  // In this process there is no fresh device to be had; a browser can be started anew.
  if (workAt.backend === 'webgpu') await keptRunning(folder, attempt, heard, signal);
  else await attempt(folder.checkpoint);
  return folder.finish();
}

/** @throws what the last attempt threw, once no further one is made */
async function keptRunning(
  folder: StudyFolder,
  attempt: (resume: Checkpoint | undefined) => Promise<void>,
  heard: (event: StudyEvent) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let last: unknown;
  const { error } = await keepRunning(
    {
      attempt: async (from) => {
        await attempt(from).catch((thrown: unknown) => {
          last = thrown;
          throw thrown;
        });
        return 'done';
      },
      rewind: () => folder.rewind(),
      backend: () => 'webgpu',
      onRecovery: (fault, recovery, from) =>
        heard({ type: 'warning', message: recoveryWords(fault, recovery, from) }),
      isWanted: () => !signal.aborted,
    },
    folder.checkpoint,
  );
  signal.throwIfAborted();
  if (error)
    throw error.kind === 'device' || error.kind === 'worker' ? new LabFailure(error) : last;
}

async function compareSeeds(
  path: string,
  places: readonly { readonly path: string }[],
  terminal: Terminal,
): Promise<void> {
  const runs = await readStudies(places.map((place) => place.path));
  const parts = runs.flatMap((run) => run.arms.map((arm) => ({ run, arm })));
  const title = `${basename(path)}, ${places.length} seeds`;
  const { columns } = await writeComparison(path, parts, { title });
  const counted = columns.map(({ label, parts: { length } }) => ({ label, runs: length }));
  await terminal.write(`${toJson({ out: path, columns: counted })}\n`);
}

function progressLine(event: StudyEvent, clock: SeriesClock): string | undefined {
  if (event.type !== 'phase') return undefined;
  const { phase, arm, done, total, unit } = event;
  const secondsLeft = clock.secondsLeft(event.secondsLeft);
  const left = secondsLeft === undefined ? '' : `, ${Math.ceil(secondsLeft)} s left`;
  return `${[phase, arm].filter(Boolean).join(' ')}: ${done} of ${total} ${unit}${left}`;
}
