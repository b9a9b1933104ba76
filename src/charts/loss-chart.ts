// The loss of every arm over its optimizer steps.
import { figure } from './numbers.ts';
import type { PlotModule } from './plot.ts';

export interface LossCurve {
  readonly name: string;
  readonly color: string;
  readonly dash: string;
  readonly points: readonly { readonly step: number; readonly loss: number }[];
}

/** @param steps the budget, so that the axis does not move while training */
export function lossChart(
  Plot: PlotModule,
  curves: readonly LossCurve[],
  steps: number,
  width: number,
): Element {
  const points = curves.flatMap(({ name, points }) => points.map((point) => ({ name, ...point })));
  return Plot.plot({
    width,
    height: 240,
    marginLeft: 46,
    marginRight: 12,
    marginTop: 24,
    marginBottom: 36,
    x: { label: 'optimizer step', labelArrow: 'none', domain: [0, steps], tickSize: 3 },
    y: {
      label: 'loss, nats',
      labelArrow: 'none',
      grid: true,
      tickSize: 0,
      ticks: 5,
      zero: true,
      tickFormat: figure,
    },
    marks: [
      ...curves.flatMap(({ points: raw, color, dash }) => [
        Plot.lineY(raw, { x: 'step', y: 'loss', stroke: color, strokeOpacity: 0.35 }),
        Plot.lineY(smooth(raw), {
          x: 'step',
          y: 'loss',
          stroke: color,
          strokeWidth: 2,
          strokeDasharray: dash,
        }),
      ]),
      Plot.ruleY([0], { stroke: 'var(--ink-3)' }),
      Plot.tip(
        points,
        Plot.pointer({
          x: 'step',
          y: 'loss',
          title: (point: (typeof points)[number]) =>
            `${point.name}, step ${point.step}\nloss ${figure(point.loss)}`,
          fill: 'var(--card)',
          stroke: 'var(--line-strong)',
        }),
      ),
    ],
  });
}

/** Centred running mean over about a twentieth of the curve. */
export function smooth(points: LossCurve['points']): LossCurve['points'] {
  const reach = Math.floor(points.length / 40);
  return points.map(({ step }, i) => {
    const window = points.slice(Math.max(0, i - reach), i + reach + 1);
    return { step, loss: window.reduce((sum, point) => sum + point.loss, 0) / window.length };
  });
}
