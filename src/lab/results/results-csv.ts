// Exact scores as CSV: one line per arm and prompt.
import { csvText } from './csv.ts';
import type { Results } from './results.ts';
import { METRICS } from '../exact-figures.ts';

/** The figures of a prompt, in the order of the columns. */
export const ROW_COLUMNS = ['split', 'family', 'id', ...METRICS] as const;

/** A study that was moved to another machine says of every line where it was computed. */
export function resultsCsv({ arms, segments }: Results): string {
  const lines = Object.entries(arms).flatMap(([name, { exact }]) =>
    exact.map((row) => [
      name,
      ...ROW_COLUMNS.map((column) => row[column]),
      ...(segments ? [segments[row.segment ?? 0]?.environment.backend] : []),
    ]),
  );
  return csvText([['arm', ...ROW_COLUMNS, ...(segments ? ['computed_on'] : [])], ...lines]);
}
