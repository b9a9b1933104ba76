// A stored run as the page can list it, whichever version of the lab wrote it.
import type { StoredRun } from '../../lab/runs/run-store.ts';

/** Fills in what the list needs; the rest is left as it was stored. */
export function knownRun(run: StoredRun): StoredRun {
  const { name, createdAt, headline, experiment } = run as { [K in keyof StoredRun]?: unknown };
  const known = isObject(experiment) ? experiment : {};
  const arms = Array.isArray(known.arms) ? known.arms : [];
  return {
    ...run,
    name: typeof name === 'string' ? name : 'a run without a name',
    createdAt: Number.isNaN(new Date(createdAt as number).getTime()) ? 0 : run.createdAt,
    headline: isObject(headline) ? (headline as StoredRun['headline']) : {},
    experiment: {
      ...known,
      evaluation: isObject(known.evaluation) ? known.evaluation : {},
      arms: arms.filter((arm) => isObject(arm) && typeof arm.name === 'string'),
    } as StoredRun['experiment'],
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
