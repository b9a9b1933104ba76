// Draws figures where there is no page: as SVG files in the light scheme's colours.
import { readFileSync } from 'node:fs';
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { Figure } from '../src/charts/figures/figure.ts';
import { plotIn } from '../src/charts/plot.ts';
import { svgFile } from '../src/charts/svg-file.ts';

/** In pixels: the text of a page that shows a report is about as wide. */
const WIDTH = 880;

/** The file's text; the same figure always gives the same. */
export function drawFigure(figure: Figure): string {
  const { document } = parseHTML('<html><body></body></html>');
  const chart = figure.draw(plotIn(Plot, document), WIDTH);
  return svgFile(chart, figure, {
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
