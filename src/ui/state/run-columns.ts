// The arms of one run as the columns of a comparison.
import { type Column, columnsOf } from '../../lab/compare/columns.ts';
import { comparedResults } from '../../lab/compare/compared-results.ts';
import { resultsOf } from '../../lab/results/results.ts';
import type { StoredRun } from '../../lab/runs/run-store.ts';
import type { RunState } from '../../lab/state/run-state.ts';

/** Scores and reports so far; answers are left out. */
export function runColumns(about: Pick<StoredRun, 'id' | 'name'>, state: RunState): Column[] {
  const { id, name } = about;
  const run = comparedResults(resultsOf(state), null, { id, name });
  return columnsOf(
    run.arms.map((arm) => ({ run, arm })),
    false,
  );
}
