// Observable Plot as charts are given it: whoever draws them loads it.
import type * as PlotNamespace from '@observablehq/plot';

export type PlotModule = typeof PlotNamespace;
