// A comparison as JSON, for programs; numbers in full precision, NaN and infinities as null.
import type { Comparison } from './comparison.ts';
import { familyScores } from './family-scores.ts';
import { klByPosition } from './kl-by-position.ts';

export function comparisonJson(comparison: Comparison): string {
  const { columns, against, settings, efforts, scores, reported, notes } = comparison;
  return JSON.stringify(
    {
      columns: columns.map(({ label, method, parts }, i) => ({
        label,
        method,
        effort: efforts[i],
        runs: parts.map(({ run, arm }) => ({
          id: run.id,
          name: run.name,
          created: run.createdAt > 0 ? new Date(run.createdAt).toISOString() : null,
          status: run.status,
          seed: run.seed,
          machine: run.machine,
          arm: arm.settings,
          loss: arm.results.training?.loss ?? [],
        })),
      })),
      compared_with: columns[against]?.label ?? null,
      settings,
      exact: scores.map((ofSplit) => ({
        ...ofSplit,
        family_kl: familyScores(columns, ofSplit.split, 'kl'),
        kl_by_position: klByPosition(columns, ofSplit.split),
      })),
      evaluations: reported,
      notes,
    },
    null,
    2,
  );
}
