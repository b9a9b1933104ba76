// Observable Plot as charts are given it: whoever draws them loads it.
import type * as PlotNamespace from '@observablehq/plot';

export type PlotModule = typeof PlotNamespace;

/** Plot that draws into a document of its own, where there is no page. */
export function plotIn(Plot: PlotModule, document: Document): PlotModule {
  return { ...Plot, plot: (options) => Plot.plot({ ...options, document }) };
}
