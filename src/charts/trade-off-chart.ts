// Calibration against something else that a model should be able to do: one symbol per run.
import { figure } from './numbers.ts';
import type { PlotModule } from './plot.ts';
import { type Series, symbolOf } from './series.ts';

export interface TradeOffPoint {
  /** Place of its series. */
  readonly series: number;
  readonly name: string;
  /** KL in nats. */
  readonly kl: number;
  readonly value: number;
  /** What the value could be instead, where that is known. */
  readonly low: number | null;
  readonly high: number | null;
}

export function tradeOffChart(
  Plot: PlotModule,
  points: readonly TradeOffPoint[],
  series: readonly Series[],
  valueName: string,
  width: number,
): Element {
  const xy = { x: 'kl', y: 'value' } as const;
  return Plot.plot({
    width,
    height: 300,
    marginLeft: 52,
    marginRight: Math.min(width * 0.3, 20 + 7 * Math.max(...series.map((one) => one.name.length))),
    marginTop: 24,
    marginBottom: 36,
    x: {
      label: 'KL, nats: lower is better calibrated',
      labelArrow: 'none',
      zero: true,
      nice: true,
      grid: true,
      tickFormat: figure,
    },
    y: { label: valueName, labelArrow: 'none', grid: true, nice: true, tickFormat: figure },
    marks: series.flatMap((one, i) => {
      const own = points.filter((point) => point.series === i);
      const ranges = own.filter(({ low, high }) => low !== null && high !== null);
      return [
        Plot.ruleX(ranges, {
          x: 'kl',
          y1: 'low',
          y2: 'high',
          stroke: one.color,
          strokeOpacity: 0.6,
        }),
        Plot.dot(own, {
          ...xy,
          r: 5,
          ...symbolOf(one),
          title: ({ name, kl, value }: TradeOffPoint) =>
            `${name}: KL ${figure(kl)}, ${valueName} ${figure(value)}`,
        }),
        Plot.text(own.slice(0, 1), {
          ...xy,
          text: () => one.name,
          // Beside the symbol, where its interval does not run through it.
          dx: 9,
          textAnchor: 'start',
          fill: one.color,
          stroke: 'var(--card)',
          strokeWidth: 4,
          fontWeight: 650,
        }),
      ];
    }),
  });
}
