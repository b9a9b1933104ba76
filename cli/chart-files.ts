// The charts of a report as files: drawn as SVG, their numbers as CSV.
import type { PlacedChart } from '../src/charts/comparison-charts.ts';
import { tableCsv } from '../src/charts/chart-table.ts';
import type { ReportChart } from '../src/lab/results/report-charts.ts';
import { drawChart } from './draw-chart.ts';

const FOLDER = 'figures';

/** Draws each chart and hands its files to `write`; returns where the report finds them. */
export async function writeCharts(
  charts: readonly PlacedChart[],
  write: (path: string, content: string) => Promise<void>,
): Promise<ReportChart[]> {
  const written: ReportChart[] = [];
  for (const chart of charts) {
    const { place, title, label, file, table } = chart;
    const path = `${FOLDER}/${file}.svg`;
    const numbers = `${FOLDER}/${file}.csv`;
    await write(path, drawChart(chart));
    await write(numbers, tableCsv(table()));
    written.push({ place, path, numbers, title, label });
  }
  return written;
}
