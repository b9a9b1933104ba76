// Draws charts where there is no page.
import { readFileSync } from 'node:fs';
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { Chart } from '../src/charts/chart.ts';
import { chartFile, type Studio } from '../src/charts/figure-files.ts';
import { plotIn } from '../src/charts/plot.ts';

let css: string | undefined;

/** A studio with an empty document. */
export const studio = (): Studio => ({
  Plot: plotIn(Plot, parseHTML('<html><body></body></html>').document),
  serialize: (element) => element.toString(),
  css: (css ??= readFileSync(new URL('../src/charts/palette.css', import.meta.url), 'utf8')),
});

/** The file's text; the same chart always gives the same. */
export const drawChart = (chart: Chart): string => chartFile(chart, studio());
