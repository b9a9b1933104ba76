// The numbers of a chart as a table: read on the page, saved as CSV.
import { csvText } from '../lab/results/csv.ts';
import { figure } from './numbers.ts';

/** Null where nothing was measured. */
export type ChartCell = string | number | null;

export interface ChartTable {
  /** The first column names the rows. */
  readonly columns: readonly string[];
  /** [rows][columns] */
  readonly rows: readonly (readonly ChartCell[])[];
  /** How a number is read; three significant digits if absent. */
  readonly words?: (value: number | null) => string;
}

/** A cell as a person reads it. */
export const cellWords = ({ words = figure }: ChartTable, cell: ChartCell): string =>
  typeof cell === 'string' ? cell : words(cell);

/** With numbers in full precision. */
export const tableCsv = ({ columns, rows }: ChartTable): string => csvText([columns, ...rows]);
