// KL by the position in the answer where it is lost, and what invalid answers cost.
import { figure } from './numbers.ts';
import type { PlotModule } from './plot.ts';
import { type Series, symbolOf } from './series.ts';

export interface PositionSeries extends Series {
  /** [positions] nats */
  readonly kl: readonly number[];
  /** Nats lost to answers that are none; null where positions already count them. */
  readonly invalid: number | null;
}

/** @param invalidName what the last place on the axis is called, if invalid answers have one */
export function positionChart(
  Plot: PlotModule,
  series: readonly PositionSeries[],
  unitName: string,
  invalidName: string,
  width: number,
): Element {
  const longest = Math.max(...series.map(({ kl }) => kl.length));
  const places = Array.from({ length: longest }, (_, i) => String(i + 1));
  const hasInvalid = series.some(({ invalid }) => invalid !== null);
  return Plot.plot({
    width,
    height: 260,
    marginLeft: 46,
    marginRight: 14,
    marginTop: 24,
    marginBottom: 36,
    x: {
      type: 'point',
      label: unitName,
      labelArrow: 'none',
      domain: hasInvalid ? [...places, invalidName] : places,
      tickSize: 3,
    },
    y: {
      label: 'KL, nats',
      labelArrow: 'none',
      grid: true,
      tickSize: 0,
      ticks: 5,
      zero: true,
      tickFormat: figure,
    },
    marks: [
      Plot.ruleY([0], { stroke: 'var(--ink-3)' }),
      ...series.flatMap((one) => {
        const points = one.kl.map((nats, i) => ({ place: places[i]!, nats }));
        const lost = one.invalid === null ? [] : [{ place: invalidName, nats: one.invalid }];
        const xy = { x: 'place', y: 'nats' } as const;
        return [
          Plot.line(points, { ...xy, stroke: one.color, strokeDasharray: one.dash }),
          Plot.dot([...points, ...lost], {
            ...xy,
            r: 4,
            ...symbolOf(one),
            title: ({ place, nats }: (typeof points)[number]) =>
              `${one.name}, ${place}: ${figure(nats)} nats`,
          }),
        ];
      }),
    ],
  });
}
