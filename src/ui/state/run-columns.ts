// The arms of one run as the columns of a comparison.
import { type Column, columnsOf } from '../../lab/compare/columns.ts';
import { comparedResults } from '../../lab/compare/compared-results.ts';
import type { EvaluationRow, ReportEvent } from '../../lab/events.ts';
import { collectResults } from '../../lab/results/results.ts';
import type { StoredRun } from '../../lab/runs/run-store.ts';

/** Scores and reports so far; answers and losses are left out. */
export function runColumns(
  { experiment, id, name }: Pick<StoredRun, 'experiment' | 'id' | 'name'>,
  rows: readonly EvaluationRow[],
  reports: readonly ReportEvent[],
): Column[] {
  const results = collectResults(experiment, [
    ...rows.map((row) => ({ type: 'row', row }) as const),
    ...reports,
  ]);
  const run = comparedResults(results, null, { id, name });
  return columnsOf(
    run.arms.map((arm) => ({ run, arm })),
    false,
  );
}
