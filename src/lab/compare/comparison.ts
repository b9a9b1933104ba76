// A comparison: everything that is said of its columns, in one piece.
import { type Column, columnsOf, type ColumnPart } from './columns.ts';
import { type Effort, effortOf } from './effort.ts';
import { type ReportedRow, reportedFigures } from './reports.ts';
import { compareScores, type SplitScores } from './scores.ts';
import { type SettingsDiff, settingsDiff } from './settings.ts';

export interface Comparison {
  readonly columns: readonly Column[];
  /** Place of the column that the others are compared with. */
  readonly against: number;
  readonly settings: SettingsDiff;
  /** [columns] */
  readonly efforts: readonly Effort[];
  readonly scores: readonly SplitScores[];
  readonly reported: readonly ReportedRow[];
  /** What to know of single runs before trusting the figures. */
  readonly notes: readonly { readonly run: string; readonly note: string }[];
}

export interface CompareOptions {
  /** Place of the column to compare with; the first if there is no such column. */
  readonly against?: number;
  /** Whether finished runs that differ in nothing but their seed make one column. */
  readonly joined?: boolean;
}

/** Pauses many times on the way, since intervals take theirs. */
export function* comparing(
  chosen: readonly ColumnPart[],
  { against = 0, joined = true }: CompareOptions = {},
): Generator<void, Comparison> {
  const columns = columnsOf(chosen, joined);
  const reference = against < columns.length ? against : 0;
  const runs = new Map(chosen.map(({ run }) => [run.id, run]));
  return {
    columns,
    against: reference,
    settings: settingsDiff(columns),
    efforts: columns.map(effortOf),
    scores: yield* compareScores(columns, reference),
    reported: reportedFigures(columns),
    notes: [...runs.values()].flatMap(({ name, notes }) =>
      notes.map((note) => ({ run: name, note })),
    ),
  };
}

/** All at once. */
export function compare(chosen: readonly ColumnPart[], options: CompareOptions = {}): Comparison {
  return finish(comparing(chosen, options));
}

function finish<T>(work: Generator<void, T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
