// A chart: how it is drawn, what it shows in words, its numbers as a table, what its colours mean.
// The page, the files of a study and those of a comparison all take it from this one description.
import type { ChartTable } from './chart-table.ts';
import type { PlotModule } from './plot.ts';
import type { LegendEntry } from './svg-file.ts';

export interface Chart {
  /** Of the files that it is saved as, without their endings. */
  readonly file: string;
  /** A short name. */
  readonly title: string;
  /** What it shows, with its main numbers, for those who do not see it. */
  readonly label: string;
  /** How to read it, where its title does not say; whole sentences. */
  readonly note?: string;
  readonly legend: readonly LegendEntry[];
  /** In pixels, as far as it is known before it is drawn so wide. */
  readonly height: (width: number) => number;
  /** The numbers that are drawn. */
  readonly table: () => ChartTable;
  /** @param width in pixels */
  readonly draw: (Plot: PlotModule, width: number) => Element;
}

/** `a`, or `a; b; c` where there is more to say. */
export const sayings = (parts: readonly string[]): string =>
  parts.filter((part) => part !== '').join('; ');
