// Shares of a few answers: a group of bars per answer, a bar per series.
import { percent } from './numbers.ts';
import type { PlotModule } from './plot.ts';
import type { Series } from './series.ts';

export interface ShareGroup {
  readonly answer: string;
  /** [series]; null where it is not known. */
  readonly bars: readonly (ShareBar | null)[];
}

export interface ShareBar {
  readonly share: number;
  readonly low: number | null;
  readonly high: number | null;
}

const BAR = 11;
const GAP = 8;

/** @param expected a share to be marked, such as that of an even choice */
export function shareChart(
  Plot: PlotModule,
  groups: readonly ShareGroup[],
  series: readonly Series[],
  width: number,
  expected: number | null = null,
): Element {
  const longest = Math.max(...groups.map(({ answer }) => answer.length));
  const bars = groups.flatMap(({ answer, bars }) =>
    bars.flatMap((bar, i) => (bar && series[i] ? [{ answer, series: series[i], ...bar }] : [])),
  );
  const most = Math.max(expected ?? 0, ...bars.map(({ share, high }) => high ?? share));
  type Bar = (typeof bars)[number];
  const place = { fy: 'answer', y: ({ series }: Bar) => series.name } as const;
  return Plot.plot({
    width,
    height: groups.length * (series.length * BAR + GAP) + 40,
    marginLeft: Math.min(width * 0.4, 20 + longest * 7),
    marginRight: 16,
    marginTop: 4,
    marginBottom: 32,
    x: {
      label: null,
      grid: true,
      tickSize: 0,
      ticks: 5,
      tickFormat: percent,
      domain: [0, most === 0 ? 1 : Math.min(1, most * 1.08)],
    },
    y: { axis: null, domain: series.map(({ name }) => name), padding: 0.12 },
    fy: { label: null, domain: groups.map(({ answer }) => answer), padding: 0.18 },
    marks: [
      Plot.axisFy({ anchor: 'left', label: null, textAnchor: 'end', dx: -4, fontSize: 12 }),
      Plot.barX(bars, {
        ...place,
        x: 'share',
        fill: ({ series }: Bar) => series.color,
        title: ({ series, answer, share }: Bar) => `${series.name}: ${answer} ${percent(share)}`,
      }),
      Plot.ruleY(
        bars.filter(({ low, high }) => low !== null && high !== null),
        { ...place, x1: 'low', x2: 'high', stroke: 'var(--ink)', strokeWidth: 1.25 },
      ),
      Plot.ruleX([0], { stroke: 'var(--ink-3)' }),
      ...(expected === null
        ? []
        : [Plot.ruleX([expected], { stroke: 'var(--ink)', strokeDasharray: '3 3' })]),
    ],
  });
}
