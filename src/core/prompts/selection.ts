// The few prompts of each split that are evaluated, the families taken in turn.
import type { PromptRow, Splits } from './splits.ts';

/**
 * At most `limit` prompts of each split, as the reference chooses them; all of them for null.
 * Families come in alphabetical order from the one that the seed points at (seed, seed + 1,
 * seed + 2 for the three splits), one row of each in the rows' own order, round after round.
 * @example
 * import { buildSplits, selectPrompts } from 'calibration-lab/prompts';
 *
 * const few = selectPrompts(buildSplits(), 12, 11);
 * few.train.length; // => 12
 * few.train[0]?.family; // => "hypergeometric"
 */
export function selectPrompts(splits: Splits, limit: number | null, seed: number): Splits {
  if (limit === null) return splits;
  return {
    train: inTurn(splits.train, limit, seed),
    test_unseen_params: inTurn(splits.test_unseen_params, limit, seed + 1),
    test_ood_family: inTurn(splits.test_ood_family, limit, seed + 2),
  };
}

function inTurn(rows: readonly PromptRow[], limit: number, seed: number): readonly PromptRow[] {
  if (rows.length <= limit) return rows;
  const families = [...new Set(rows.map((row) => row.family))].sort();
  const start = seed % families.length;
  const queues = [...families.slice(start), ...families.slice(0, start)].map((family) =>
    rows.filter((row) => row.family === family),
  );
  const rounds = Math.max(...queues.map((queue) => queue.length));
  return Array.from({ length: rounds }, (_, round) =>
    queues.flatMap((queue) => queue.slice(round, round + 1)),
  )
    .flat()
    .slice(0, limit);
}
