// The files of a report's charts, written.
import type { PlacedChart } from '../src/charts/comparison-charts.ts';
import { figureFiles } from '../src/charts/figure-files.ts';
import type { ReportChart } from '../src/lab/results/report-charts.ts';
import { studio } from './draw-chart.ts';

/** Draws each chart and hands its files to `write`; returns where the report finds them. */
export async function writeCharts(
  charts: readonly PlacedChart[],
  write: (path: string, content: string) => Promise<void>,
): Promise<ReportChart[]> {
  const files = figureFiles(charts, studio());
  for (;;) {
    const { done, value } = files.next();
    if (done) return value;
    await write(...value);
  }
}
