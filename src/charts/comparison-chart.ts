// One kind of chart of a comparison, described once: what it is drawn from, where it belongs, and
// which choices a reader has. The page's comparison and every report go through the list of these.
import type { Column } from '../lab/compare/columns.ts';
import type { Comparison } from '../lab/compare/comparison.ts';
import type { ReportedRow } from '../lab/compare/reports.ts';
import type { Split } from '../lab/experiment/experiment.ts';
import type { Chart } from './chart.ts';
import { type ColumnLook, looksOfColumns } from './looks.ts';
import { type Series, chartSeries } from './series.ts';

/** What charts of a comparison are drawn from. */
export interface Compared {
  readonly columns: readonly Column[];
  /** [columns] */
  readonly series: readonly Series[];
  readonly reported: readonly ReportedRow[];
  /** Splits with scores. */
  readonly splits: readonly Split[];
}

export function comparedOf(
  { columns, scores, reported }: Pick<Comparison, 'columns' | 'scores' | 'reported'>,
  looks: readonly ColumnLook[] = looksOfColumns(columns),
): Compared {
  const splits = scores.map(({ split }) => split);
  return { columns, reported, splits, series: chartSeries(columns, looks) };
}

/** To the scores of each split, to the training, or to the further evaluations. */
export type ChartPlace = 'split' | 'training' | 'evaluations';

/** One of several things that a chart can show. */
export interface ChartChoice {
  /** What a reader picks it by; empty where there is nothing to pick. */
  readonly name: string;
  readonly chart: Chart;
}

export interface ComparisonChart {
  readonly key: string;
  readonly place: ChartPlace;
  /** Above the chart on the page; the chart's own title if absent. */
  readonly heading?: string;
  /** What the choices are, for the control that offers them. */
  readonly choosing?: string;
  /** Whether the page shows it from the list; absent is yes. */
  readonly onPage?: false;
  /** What there is to draw, the usual first; empty where nothing was measured. */
  readonly choices: (compared: Compared, split: Split) => readonly ChartChoice[];
  /** What a report draws instead of the first choice, e.g. several at once. */
  readonly inReports?: (compared: Compared, split: Split) => Chart | null;
}

/** For a chart that leaves nothing to choose. */
export const onlyChoice = (chart: Chart | null): readonly ChartChoice[] =>
  chart === null ? [] : [{ name: '', chart }];
