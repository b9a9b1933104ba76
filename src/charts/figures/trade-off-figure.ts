// Calibration against what it may have cost: a symbol per run.
import type { Column } from '../../lab/compare/columns.ts';
import type { ReportedRow } from '../../lab/compare/reports.ts';
import { tradeOffs } from '../../lab/compare/trade-off.ts';
import type { Split } from '../../lab/experiment/experiment.ts';
import { SPLIT_TITLES } from '../../lab/plan/split-titles.ts';
import { figureName } from '../../lab/results/reported-figures.ts';
import { figure } from '../numbers.ts';
import type { Series } from '../series.ts';
import { tradeOffChart, type TradeOffPoint } from '../trade-off-chart.ts';
import { type Figure, sayings } from './figure.ts';

export interface TradeOffFigure extends Figure {
  readonly points: readonly TradeOffPoint[];
  /** What KL is set against. */
  readonly valueName: string;
}

/** Rows that any column has a value of. */
export const tradeOffChoices = (reported: readonly ReportedRow[]): ReportedRow[] =>
  reported.filter(({ figures }) => figures.some((known) => known && known.value !== null));

/** Retention is what calibration is most often said to cost. */
export const usualTradeOff = (choices: readonly ReportedRow[]): ReportedRow | undefined =>
  choices.find(({ evaluation }) => evaluation === 'retention') ??
  choices.find(({ evaluation }) => evaluation === 'perplexity') ??
  choices[0];

/** Null where no run has both figures. */
export function tradeOffFigure(
  columns: readonly Column[],
  series: readonly Series[],
  split: Split,
  row: ReportedRow,
): TradeOffFigure | null {
  const points = tradeOffs(columns, split, row).map(({ column, seed, ...point }) => {
    const { label, parts } = columns[column]!;
    return {
      ...point,
      series: column,
      name: parts.length === 1 ? label : `${label}, seed ${seed}`,
    };
  });
  if (points.length === 0) return null;
  const valueName = figureName(row);
  const places = points.map(
    ({ name, kl, value }) => `${name} at ${figure(kl)} and ${figure(value)}`,
  );
  return {
    points,
    valueName,
    file: 'trade-off',
    title: `Calibration and ${valueName}`,
    label: sayings([`KL on ${SPLIT_TITLES[split]} against ${valueName}`, ...places]),
    legend: series,
    draw: (Plot, width) => tradeOffChart(Plot, points, series, valueName, width),
  };
}
