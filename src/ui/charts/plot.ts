// Observable Plot, loaded when the first chart is drawn and not before.
import type * as PlotNamespace from '@observablehq/plot';

export type PlotModule = typeof PlotNamespace;

let loading: Promise<PlotModule> | undefined;

export const loadPlot = (): Promise<PlotModule> => (loading ??= import('@observablehq/plot'));
