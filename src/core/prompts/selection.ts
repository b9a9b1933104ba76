// A few prompts of a split, the families taken in turn.

/**
 * At most `limit` rows: families in alphabetical order from the one that the seed points at, one
 * row of each in the rows' own order, round after round. This is the reference's choice of
 * prompts to evaluate; it uses seed, seed + 1, seed + 2 for its three splits.
 */
export function selectBalanced<Row extends { readonly family: string }>(
  rows: readonly Row[],
  limit: number,
  seed: number,
): readonly Row[] {
  if (rows.length <= limit) return rows;
  const families = [...new Set(rows.map((row) => row.family))].sort();
  const start = seed % families.length;
  const queues = [...families.slice(start), ...families.slice(0, start)].map((family) =>
    rows.filter((row) => row.family === family),
  );
  const rounds = Math.max(...queues.map((queue) => queue.length));
  const inTurn = Array.from({ length: rounds }, (_, round) =>
    queues.flatMap((queue) => queue.slice(round, round + 1)),
  );
  return inTurn.flat().slice(0, limit);
}
