// Draws charts where there is no page: as SVG files in the light scheme's colours.
import { readFileSync } from 'node:fs';
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { Chart } from '../src/charts/chart.ts';
import { plotIn } from '../src/charts/plot.ts';
import { svgFile } from '../src/charts/svg-file.ts';

/** In pixels: the text of a page that shows a report is about as wide. */
const WIDTH = 880;

/** The file's text; the same chart always gives the same. */
export function drawChart(chart: Chart): string {
  const { document } = parseHTML('<html><body></body></html>');
  const drawing = chart.draw(plotIn(Plot, document), WIDTH);
  return svgFile(drawing, chart, {
    serialize: (element) => element.toString(),
    variable: (name) => palette().get(name) ?? '',
  });
}

let colors: ReadonlyMap<string, string> | undefined;

/** The variables of the light scheme, which the style sheet names first. */
function palette(): ReadonlyMap<string, string> {
  if (colors) return colors;
  const css = readFileSync(new URL('../src/charts/palette.css', import.meta.url), 'utf8');
  const [light = ''] = css.split('@media');
  const pairs = [...light.matchAll(/(--[\w-]+):\s*([^;]+);/g)];
  return (colors = new Map(pairs.map(([, name, value]) => [name!, value!])));
}
