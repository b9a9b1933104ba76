// Exact scores as CSV: one line per arm and prompt.
import { csvText } from './csv.ts';
import type { Results } from './results.ts';
import { METRICS } from './summary.ts';

/** The figures of a prompt, in the order of the columns. */
export const ROW_COLUMNS = ['split', 'family', 'id', ...METRICS] as const;

export function resultsCsv({ arms }: Results): string {
  const lines = Object.entries(arms).flatMap(([name, { exact }]) =>
    exact.map((row) => [name, ...ROW_COLUMNS.map((column) => row[column])]),
  );
  return csvText([['arm', ...ROW_COLUMNS], ...lines]);
}
