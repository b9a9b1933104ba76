// Averages over prompts that weight families equally.
import { groupBy } from '../group-by.ts';

export interface FamilySummary<Key extends string> {
  readonly rows: number;
  readonly families: number;
  readonly averages: Readonly<Record<Key, number>>;
}

/**
 * The mean over families of the mean over a family's rows, for each split and each key. A NaN is
 * not skipped, so one undefined row makes its split's average NaN, as in the reference.
 */
export function familySummary<Key extends string>(
  rows: readonly ({ readonly split: string; readonly family: string } & Readonly<
    Record<Key, number>
  >)[],
  keys: readonly Key[],
): Map<string, FamilySummary<Key>> {
  const splits = groupBy(rows, (row) => row.split);
  return new Map(
    [...splits].map(([split, members]) => {
      const families = [...groupBy(members, (row) => row.family).values()];
      const average = (key: Key) =>
        mean(families.map((family) => mean(family.map((row) => row[key]))));
      const averages = Object.fromEntries(keys.map((key) => [key, average(key)]));
      return [
        split,
        {
          rows: members.length,
          families: families.length,
          averages: averages as Record<Key, number>,
        },
      ];
    }),
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}
