// A stored run as the page can list it, whichever version of the lab, or whoever else, wrote it.
import { isObject } from '../../core/is-object.ts';
import { MOST_ARMS } from '../../lab/experiment/experiment-schema.ts';
import type { StoredRun } from '../../lab/runs/run-store.ts';

/** Fills in what the list needs, and leaves out what cannot be shown; the rest is left as it was stored. */
export function knownRun(run: StoredRun): StoredRun {
  const stored = run as { [K in keyof StoredRun]?: unknown };
  const { name, createdAt, status, headline, experiment, environment, error } = stored;
  const known = isObject(experiment) ? experiment : {};
  const { series, ...rest } = run;
  return {
    ...rest,
    ...(isSeries(series) && { series }),
    name: typeof name === 'string' ? name : 'a run without a name',
    createdAt: isTime(createdAt) ? createdAt : 0,
    status: typeof status === 'string' ? (status as StoredRun['status']) : 'failed',
    headline: headlineOf(headline),
    environment: isObject(environment) ? (environment as never) : null,
    error: isObject(error) && typeof error.message === 'string' ? (error as never) : null,
    experiment: {
      ...known,
      evaluation: isObject(known.evaluation) ? known.evaluation : {},
      arms: armsOf(known.arms),
    } as StoredRun['experiment'],
  };
}

/** Those that can be told apart by their names. */
function armsOf(arms: unknown): unknown[] {
  const byName = new Map<string, unknown>();
  for (const arm of Array.isArray(arms) ? arms.slice(0, MOST_ARMS) : []) {
    if (!isObject(arm) || typeof arm.name !== 'string' || typeof arm.method !== 'string') continue;
    if (!byName.has(arm.name)) byName.set(arm.name, arm);
  }
  return [...byName.values()];
}

function headlineOf(headline: unknown): StoredRun['headline'] {
  const means = Object.entries(isObject(headline) ? headline : {}).slice(0, MOST_ARMS);
  return Object.fromEntries(means.filter(([, mean]) => isObject(mean))) as StoredRun['headline'];
}

const isTime = (value: unknown): value is number =>
  typeof value === 'number' && !Number.isNaN(new Date(value).getTime());

function isSeries(series: unknown): series is NonNullable<StoredRun['series']> {
  if (!isObject(series)) return false;
  const { id, place, count } = series;
  return typeof id === 'string' && typeof place === 'number' && typeof count === 'number';
}
