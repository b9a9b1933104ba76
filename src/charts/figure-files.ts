// The charts of a report as files: drawn as SVG in the light scheme's colours, their numbers as CSV.
import type { ReportChart } from '../lab/results/report-charts.ts';
import { tableCsv } from './chart-table.ts';
import type { Chart } from './chart.ts';
import type { PlacedChart } from './comparison-charts.ts';
import type { PlotModule } from './plot.ts';
import { svgFile } from './svg-file.ts';

/** In pixels: the text of a page that shows a report is about as wide. */
const WIDTH = 880;
const FOLDER = 'figures';

/** What draws where there is no page to look at. */
export interface Studio {
  /** Draws into a document. */
  readonly Plot: PlotModule;
  readonly serialize: (element: Element) => string;
  /** The text of palette.css. */
  readonly css: string;
}

/** The file's text; the same chart always gives the same. */
export function chartFile(chart: Chart, { Plot, serialize, css }: Studio): string {
  const variables = lightScheme(css);
  return svgFile(chart.draw(Plot, WIDTH), chart, {
    serialize,
    variable: (name) => variables.get(name) ?? '',
  });
}

/** Path and text of each chart's two files. @returns where the report finds them */
export function* figureFiles(
  charts: readonly PlacedChart[],
  studio: Studio,
): Generator<readonly [path: string, text: string], ReportChart[]> {
  const written: ReportChart[] = [];
  for (const chart of charts) {
    const { place, title, label, file, table } = chart;
    const path = `${FOLDER}/${file}.svg`;
    const numbers = `${FOLDER}/${file}.csv`;
    yield [path, chartFile(chart, studio)];
    yield [numbers, tableCsv(table())];
    written.push({ place, path, numbers, title, label });
  }
  return written;
}

/** The variables of the light scheme, which the style sheet names first. */
function lightScheme(css: string): ReadonlyMap<string, string> {
  const [light = ''] = css.split('@media');
  const pairs = [...light.matchAll(/(--[\w-]+):\s*([^;]+);/g)];
  return new Map(pairs.map(([, name, value]) => [name!, value!]));
}
