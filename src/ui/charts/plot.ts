// Observable Plot, loaded when the first chart is drawn and not before.
export type PlotModule = typeof import('@observablehq/plot');

let loading: Promise<PlotModule> | undefined;

export const loadPlot = (): Promise<PlotModule> => (loading ??= import('@observablehq/plot'));
