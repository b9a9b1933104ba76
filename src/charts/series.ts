// What the charts of a comparison draw: one series for each column.
import type { ColumnLook } from './looks.ts';

export interface Series extends ColumnLook {
  readonly name: string;
}

export function chartSeries(
  columns: readonly { readonly label: string }[],
  looks: readonly ColumnLook[],
): Series[] {
  return columns.flatMap(({ label }, i) => (looks[i] ? [{ name: label, ...looks[i] }] : []));
}

/** How a series' symbols are drawn: filled, with a rim for those that are lines only. */
export const symbolOf = ({ color, symbol }: Series) => ({
  symbol,
  fill: color,
  stroke: color,
  strokeWidth: 1,
});
