// The marks that a distribution over numbers is drawn with.
import type { Markish } from '@observablehq/plot';
import { percent } from './numbers.ts';
import type { Bin, ShownArm } from './bins.ts';
import type { PlotModule } from './plot.ts';

/** Marks of one facet carry its name in every datum's `fy`. */
const inFacet = (facet: string | undefined) => (facet === undefined ? {} : { fy: () => facet });

/** The target: quiet, filled, behind everything. */
export function targetBars(Plot: PlotModule, bins: readonly Bin[], facet?: string): Markish {
  return Plot.rectY(bins, {
    x1: 'x1',
    x2: 'x2',
    y: 'target',
    fill: 'var(--target)',
    // Many bars make one shape; few stand apart.
    insetLeft: bins.length > 24 ? 0 : 1,
    insetRight: bins.length > 24 ? 0 : 1,
    shapeRendering: bins.length > 24 ? 'crispEdges' : 'auto',
    ...inFacet(facet),
  });
}

/** One arm's bar in every bin, `of` arms side by side. */
export function barMarks(
  Plot: PlotModule,
  bins: readonly Bin[],
  arm: ShownArm,
  index: number,
  of: number,
  cap: number,
  facet?: string,
): Markish[] {
  const place = of === 1 ? 0 : index;
  // The bars take the middle of the bin, so that the target stays visible at both sides.
  const side = of === 1 ? 0.22 : 0.12;
  const edge = (bin: Bin, k: number) =>
    bin.x1 + (bin.x2 - bin.x1) * (side + ((1 - 2 * side) * k) / of);
  return [
    Plot.rectY(bins, {
      x1: (bin: Bin) => edge(bin, place),
      x2: (bin: Bin) => edge(bin, place + 1),
      y1: 0,
      y2: (bin: Bin) => Math.min(cap, bin.arms[index] ?? 0),
      fill: arm.color,
      insetLeft: of > 1 ? 0.5 : 0,
      ...inFacet(facet),
    }),
  ];
}

/** One arm as a stepped line over the bins. */
export function lineMarks(
  Plot: PlotModule,
  bins: readonly Bin[],
  arm: ShownArm,
  index: number,
  cap: number,
): Markish[] {
  const height = (bin: Bin) => Math.min(cap, bin.arms[index] ?? 0);
  const first = bins[0];
  const last = bins.at(-1);
  if (!first || !last) return [];
  const points = [
    { x: first.x1, y: 0 },
    ...bins.map((bin) => ({ x: bin.x1, y: height(bin) })),
    { x: last.x2, y: 0 },
  ];
  return [
    Plot.lineY(points, {
      x: 'x',
      y: 'y',
      curve: 'step-after',
      stroke: arm.color,
      strokeWidth: 1.75,
      strokeDasharray: arm.dash,
      strokeLinejoin: 'round',
    }),
  ];
}

/** What leaves the chart: an arrow over every bar that is cut, the true height of the tallest. */
export function spikeLabels(
  Plot: PlotModule,
  bins: readonly Bin[],
  arm: ShownArm,
  index: number,
  cap: number,
  facet?: string,
  brief = false,
): Markish[] {
  const height = (bin: Bin) => bin.arms[index] ?? 0;
  const spike = bins.reduce((a, b) => (height(b) > height(a) ? b : a));
  const spikes = height(spike) > cap ? [spike] : [];
  const middle = (bin: Bin) => (bin.x1 + bin.x2) / 2;
  const others = bins.filter((bin) => bin !== spike && height(bin) > cap);
  // Arms whose spikes share a bin stack their labels.
  const dy = facet === undefined ? -6 - 11 * index : -6;
  const words = { fill: arm.color, stroke: 'var(--card)', strokeWidth: 4, fontWeight: 650 };
  return [
    Plot.text(others, { x: middle, y: cap, dy, text: () => '↑', ...words, ...inFacet(facet) }),
    Plot.text(spikes, {
      x: middle,
      y: cap,
      // Its words are wider than its bar: they clear the arrows of its neighbours.
      dy: others.length > 0 && !brief ? dy - 11 : dy,
      text: (bin: Bin) => (brief ? '↑' : `↑ ${bin.label}: ${percent(height(bin))}`),
      ...words,
      fontVariant: 'tabular-nums',
      ...inFacet(facet),
    }),
  ];
}
