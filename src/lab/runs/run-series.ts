// The runs of one experiment, one for each of its seeds: they follow each other.
import type { Experiment } from '../experiment/experiment.ts';
import { perSeed } from '../experiment/seeds.ts';
import { newId } from '../new-id.ts';
import type { StoredRun } from './run-store.ts';

/**
 * One run for each seed, all of them waiting; the first is the newest, so that lists begin with it.
 * @param now milliseconds since 1970
 */
export function runsOf(experiment: Experiment, name: string, now: number): StoredRun[] {
  const experiments = perSeed(experiment);
  const count = experiments.length;
  const series = newId();
  return experiments.map((single, place) => ({
    id: newId(),
    name: count === 1 ? name : `${name}, seed ${single.seed}`,
    createdAt: now - place,
    updatedAt: now,
    status: 'waiting',
    experiment: single,
    ...(count > 1 && { series: { id: series, place, count } }),
    environment: null,
    error: null,
    headline: {},
  }));
}

/** The runs of a run's series, itself among them, in the order of their seeds. */
export function seriesOf(run: StoredRun, runs: readonly StoredRun[]): StoredRun[] {
  const { series } = run;
  if (!series) return [run];
  const others = runs.filter((other) => other.id !== run.id && other.series?.id === series.id);
  return [run, ...others].sort((a, b) => (a.series?.place ?? 0) - (b.series?.place ?? 0));
}

/** Those of its series that wait for their turn. */
export const waitingWith = (run: StoredRun, runs: readonly StoredRun[]): StoredRun[] =>
  seriesOf(run, runs).filter((other) => other.id !== run.id && other.status === 'waiting');
