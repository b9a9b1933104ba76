// The figures of a report, drawn into files.
import type { PlacedFigure } from '../src/charts/figures/comparison-figures.ts';
import type { ReportFigure } from '../src/lab/results/report-figures.ts';
import { drawFigure } from './draw-figure.ts';

const FOLDER = 'figures';

/** Draws each figure and hands it to `write`; returns where the report finds them. */
export async function writeFigures(
  figures: readonly PlacedFigure[],
  write: (path: string, content: string) => Promise<void>,
): Promise<ReportFigure[]> {
  const written: ReportFigure[] = [];
  for (const figure of figures) {
    const path = `${FOLDER}/${figure.file}.svg`;
    await write(path, drawFigure(figure));
    written.push({ place: figure.place, path, title: figure.title, label: figure.label });
  }
  return written;
}
