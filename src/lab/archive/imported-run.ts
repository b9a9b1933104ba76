// A run from files that a person brings: one that a page handed out, or results from anywhere.
import { InputError } from '../../core/errors.ts';
import { utf8Text } from '../../core/utf8-text.ts';
import { readSettings } from '../compare/compared-settings.ts';
import { readAnswers, readResults } from '../compare/results-schema.ts';
import type { StudyEvent } from '../events.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { headlineOf } from '../runs/headline.ts';
import { readableEvents } from '../runs/readable-events.ts';
import { newId } from '../new-id.ts';
import type { AdapterFiles, StoredRun } from '../runs/run-store.ts';
import { runState } from '../state/run-state.ts';
import { readRecord, RECORD } from './run-record.ts';
import { resultsEvents } from './results-events.ts';

export interface ImportedRun {
  readonly run: StoredRun;
  readonly events: readonly StudyEvent[];
  /** By arm. */
  readonly adapters: Readonly<Record<string, AdapterFiles>>;
}

/** Files by their paths. */
export type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

const ADAPTER = /(?:^|\/)adapters\/([^/]+)\/([^/]+)$/;

/** Whether a file of that path says something of a run: others, such as checkpoints, need not be read. */
export const isOfRun = (path: string): boolean => /\.json$/.test(path) || ADAPTER.test(path);

/**
 * @param nameOf what a run is called that has no name yet
 * @param now milliseconds since 1970
 * @throws InputError naming the file and field that is wrong
 */
export function importedRun(
  files: Files,
  nameOf: (experiment: Experiment) => string,
  now: number,
): ImportedRun {
  const adapters = adaptersIn(files);
  const record = named(files, RECORD);
  if (record) return { ...readRecord(json(record)), adapters };
  const results = named(files, 'results.json') ?? onlyJson(files);
  const read = readResults(json(results), results.path);
  const answers = named(files, 'answers.json');
  const { settings, arms } = readSettings(read.config);
  const experiment = { ...settings, arms } as unknown as Experiment;
  const shown = answers ? readAnswers(json(answers), answers.path) : null;
  const events = [...resultsEvents(read, shown)];
  const state = runState(experiment, readableEvents(events).events);
  const { environment } = state.segments[0] ?? { environment: null };
  const by = environment === null ? '' : `, ${String(environment.backend)}`;
  return {
    run: {
      id: newId(),
      name: `${nameOf(experiment)}${by}`,
      createdAt: now,
      updatedAt: now,
      status: 'done',
      experiment,
      environment,
      error: null,
      headline: headlineOf(state),
    },
    events,
    adapters,
  };
}

interface Found {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The file of that name that lies least deep. */
function named(files: Files, name: string): Found | undefined {
  const paths = [...files.keys()].filter((path) => path.split('/').at(-1) === name);
  const [path] = paths.sort((a, b) => a.split('/').length - b.split('/').length);
  return path === undefined ? undefined : { path, bytes: files.get(path)! };
}

/** Results may go by any name. */
function onlyJson(files: Files): Found {
  const paths = [...files.keys()].filter((path) => /\.json$/.test(path) && !ADAPTER.test(path));
  const [path] = paths;
  if (path !== undefined && paths.length === 1) return { path, bytes: files.get(path)! };
  throw new InputError(
    paths.length === 0
      ? 'there are no results'
      : `none of ${paths.join(', ')} is called results.json`,
    'Give the zip of a run, or results.json (and answers.json) of a study.',
    'files',
  );
}

function json({ path, bytes }: Found): unknown {
  try {
    return JSON.parse(utf8Text(bytes, path));
  } catch (error) {
    if (error instanceof InputError) throw error;
    const [reason] = (error as Error).message.split('\n');
    throw new InputError(`${path} is not JSON (${reason})`, 'Give the file as it was made.', path);
  }
}

function adaptersIn(files: Files): Record<string, AdapterFiles> {
  const adapters = new Map<string, Record<string, Uint8Array<ArrayBuffer>>>();
  for (const [path, bytes] of files) {
    const [, arm, name] = ADAPTER.exec(path) ?? [];
    if (arm === undefined || name === undefined) continue;
    adapters.set(arm, { ...adapters.get(arm), [name]: bytes });
  }
  return Object.fromEntries(adapters);
}
