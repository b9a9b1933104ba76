// What the history shows of a run at a glance.
import { SPLITS } from '../experiment/experiment.ts';
import { summarise } from '../results/summary.ts';
import type { RunState } from '../state/run-state.ts';
import type { StoredRun } from './run-store.ts';

/** Family-balanced means on the first split that was scored, per arm. */
export function headlineOf({ arms }: RunState): StoredRun['headline'] {
  const summaries = arms.map(({ name, rows }) => [name, summarise(rows)] as const);
  const split = SPLITS.find((candidate) => summaries.some(([, summary]) => summary[candidate]));
  return Object.fromEntries(
    summaries.flatMap(([name, summary]) => {
      const mean = split && summary[split];
      return mean ? [[name, { kl: mean.kl, tv: mean.tv, valid_mass: mean.valid_mass }]] : [];
    }),
  );
}
