// KL by the position in the answer where it is lost, and what invalid answers cost.
import { klByPosition } from '../lab/compare/kl-by-position.ts';
import type { Split } from '../lab/experiment/experiment.ts';
import { SPLIT_TITLES } from '../lab/plan/split-titles.ts';
import { type Chart, sayings } from './chart.ts';
import type { Compared } from './comparison-chart.ts';
import { figure } from './numbers.ts';
import type { PlotModule } from './plot.ts';
import { type Series, symbolOf } from './series.ts';

const WORDS = {
  tokens: { place: 'token of the answer', title: 'KL by depth in the trie' },
  characters: { place: 'character of the answer', title: 'KL by position in the answer' },
};
/** What the last place is called, where what invalid answers cost stands apart. */
const INVALID = 'invalid';
const HEIGHT = 260;

interface PositionSeries extends Series {
  /** [positions] nats */
  readonly kl: readonly number[];
  /** Nats lost to answers that are none; null where positions already count them. */
  readonly invalid: number | null;
}

/** Null where nothing can be split up. */
export function positionChart({ columns, series }: Compared, split: Split): Chart | null {
  const positioned = klByPosition(columns, split);
  if (positioned === null) return null;
  const { place, title } = WORDS[positioned.unit];
  const curves = series.flatMap((one, i) => {
    const kl = positioned.kl[i] ?? [];
    return kl.length === 0 ? [] : [{ ...one, kl, invalid: positioned.invalid[i] ?? null }];
  });
  const losses = curves.map(({ name, kl }) => {
    const most = kl.indexOf(Math.max(...kl));
    return `${name} loses most at ${place} ${most + 1}, ${figure(kl[most])} nats`;
  });
  const hasInvalid = curves.some(({ invalid }) => invalid !== null);
  return {
    file: 'kl-by-position',
    title,
    label: sayings([`${title}, ${SPLIT_TITLES[split]}`, ...losses]),
    note:
      `Nats of KL lost at each ${place}, the end of an answer counted as one more.` +
      (hasInvalid
        ? ' Positions look at valid answers; what invalid ones cost stands apart, and all of it ' +
          'adds up to the KL.'
        : ''),
    legend: curves,
    height: () => HEIGHT,
    table: () => ({
      columns: [place, ...curves.map(({ name }) => name)],
      rows: [
        ...Array.from({ length: Math.max(...curves.map(({ kl }) => kl.length)) }, (_, i) => [
          String(i + 1),
          ...curves.map(({ kl }) => kl[i] ?? 0),
        ]),
        ...(hasInvalid ? [[INVALID, ...curves.map(({ invalid }) => invalid)]] : []),
      ],
    }),
    draw: (Plot, width) => drawPositions(Plot, curves, place, width),
  };
}

function drawPositions(
  Plot: PlotModule,
  series: readonly PositionSeries[],
  unitName: string,
  width: number,
): Element {
  const longest = Math.max(...series.map(({ kl }) => kl.length));
  const places = Array.from({ length: longest }, (_, i) => String(i + 1));
  const hasInvalid = series.some(({ invalid }) => invalid !== null);
  return Plot.plot({
    width,
    height: HEIGHT,
    marginLeft: 46,
    marginRight: 14,
    marginTop: 24,
    marginBottom: 36,
    x: {
      type: 'point',
      label: unitName,
      labelArrow: 'none',
      domain: hasInvalid ? [...places, INVALID] : places,
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
        const lost = one.invalid === null ? [] : [{ place: INVALID, nats: one.invalid }];
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
