// A figure: a chart, what it shows in words, and what its colours stand for.
import type { PlotModule } from '../plot.ts';
import type { LegendEntry } from '../svg-file.ts';

export interface Figure {
  /** Of the file that it can be saved as, without its ending. */
  readonly file: string;
  /** A short name. */
  readonly title: string;
  /** What it shows, with its main numbers, for those who do not see it. */
  readonly label: string;
  readonly legend: readonly LegendEntry[];
  /** @param width in pixels */
  readonly draw: (Plot: PlotModule, width: number) => Element;
}

/** `a`, or `a; b; c` where there is more to say. */
export const sayings = (parts: readonly string[]): string =>
  parts.filter((part) => part !== '').join('; ');
