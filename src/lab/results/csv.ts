// Tables as CSV text (RFC 4180).
import { csvCell } from '../../core/escape.ts';

export type CsvCell = string | number | null | undefined;

/** Numbers in full precision; what does not exist is an empty cell. */
export function csvText(rows: Iterable<readonly CsvCell[]>): string {
  let text = '';
  for (const row of rows) text += row.map(cell).join(',') + '\r\n';
  return text;
}

function cell(value: CsvCell): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  if (value === null || value === undefined) return '';
  return csvCell(value);
}
