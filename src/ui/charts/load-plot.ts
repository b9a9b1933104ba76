// Observable Plot, loaded when the first chart is drawn and not before.
import type { PlotModule } from '../../charts/plot.ts';

let loading: Promise<PlotModule> | undefined;

export const loadPlot = (): Promise<PlotModule> => (loading ??= import('@observablehq/plot'));
