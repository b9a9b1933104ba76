// Calibration against something else that a model should be able to do: one symbol per run.
import type { ReportedRow } from '../lab/compare/reports.ts';
import { evaluationNamed } from '../evaluation/names.ts';
import { tradeOffs } from '../lab/compare/trade-off.ts';
import type { Split } from '../lab/experiment/experiment.ts';
import { SPLIT_TITLES } from '../lab/plan/split-titles.ts';
import { figureName } from '../evaluation/reported-figures.ts';
import { type Chart, sayings } from './chart.ts';
import type { Compared } from './comparison-chart.ts';
import { figure } from './numbers.ts';
import type { PlotModule } from './plot.ts';
import { type Series, symbolOf } from './series.ts';

const HEIGHT = 300;
/** Pixels. */
const NARROW = 480;

interface TradeOffPoint {
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

/** Rows that any column has a value of; first what calibration is most often said to cost. */
export function tradeOffRows(reported: readonly ReportedRow[]): ReportedRow[] {
  const known = reported.filter(({ figures }) => figures.some((of) => of && of.value !== null));
  const usual = known.find(({ evaluation }) => evaluationNamed(evaluation).measures !== 'answers');
  return usual ? [usual, ...known.filter((row) => row !== usual)] : known;
}

/** Null where fewer than two runs have both figures: one alone trades nothing off. */
export function tradeOffChart(
  { columns, series }: Compared,
  split: Split,
  row: ReportedRow,
): Chart | null {
  const points = tradeOffs(columns, split, row).map(({ column, seed, ...point }) => {
    const { label, parts } = columns[column]!;
    return {
      ...point,
      series: column,
      name: parts.length === 1 ? label : `${label}, seed ${seed}`,
    };
  });
  if (points.length < 2) return null;
  const { title } = evaluationNamed(row.evaluation);
  const valueName = `${title}: ${figureName(row)}`;
  const places = points.map(
    ({ name, kl, value }) => `${name} at ${figure(kl)} and ${figure(value)}`,
  );
  return {
    file: 'trade-off',
    title: `Calibration and ${valueName}`,
    label: sayings([`KL on ${SPLIT_TITLES[split]} against ${valueName}`, ...places]),
    note: `KL on ${SPLIT_TITLES[split]}, a symbol per run; bars are 95 % intervals.`,
    legend: series.filter((_, i) => points.some((point) => point.series === i)),
    height: () => HEIGHT,
    table: () => ({
      columns: ['arm', 'KL', figureName(row)],
      rows: points.map(({ name, kl, value }) => [name, kl, value]),
    }),
    draw: (Plot, width) => drawTradeOff(Plot, points, series, valueName, width),
  };
}

function drawTradeOff(
  Plot: PlotModule,
  points: readonly TradeOffPoint[],
  series: readonly Series[],
  valueName: string,
  width: number,
): Element {
  const xy = { x: 'kl', y: 'value' } as const;
  // Names beside symbols would lie on each other on a phone; the legend has them, too.
  const named = width >= NARROW;
  return Plot.plot({
    width,
    height: HEIGHT,
    marginLeft: 52,
    marginRight: named
      ? Math.min(width * 0.3, 20 + 7 * Math.max(...series.map((one) => one.name.length)))
      : 20,
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
        Plot.text(named ? own.slice(0, 1) : [], {
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
