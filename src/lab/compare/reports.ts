// The further evaluations of a comparison's columns: their figures side by side.
import { isObject } from '../../core/is-object.ts';
import type { ChartReports } from '../../evaluation/chart.ts';
import { EVALUATIONS } from '../../evaluation/index.ts';
import { reportIn } from '../../evaluation/kept-report.ts';
import type { EvaluationName } from '../../evaluation/names.ts';
import {
  pooledFigures,
  type NamedFigure,
  type ReportedFigure,
} from '../../evaluation/reported-figures.ts';
import type { Column } from './columns.ts';

export interface ReportedRow {
  readonly evaluation: EvaluationName;
  readonly name: string;
  /** The part of the data that it is about, such as a split; null for all of it. */
  readonly group: string | null;
  /** [columns]; of several seeds, the mean, and from the least to the most of them; null where there is none. */
  readonly figures: readonly (ReportedFigure | null)[];
}

/** The reports of a column's parts. */
export const reportsOf = ({ parts }: Column, evaluation: EvaluationName): ChartReports =>
  parts.map(({ arm }) => reportIn(arm.results, evaluation)).filter(isObject);

/** Every figure that any column reports, in the order in which the reports list them. */
export function reportedFigures(columns: readonly Column[]): ReportedRow[] {
  return EVALUATIONS.flatMap(({ key: evaluation, figures: descriptions }) => {
    const perColumn = columns.map(
      (column) =>
        new Map(
          pooledFigures(reportsOf(column, evaluation), descriptions).map((figure) => [
            keyOf(figure),
            figure,
          ]),
        ),
    );
    const keys = new Map(perColumn.flatMap((figures) => [...figures]));
    return [...keys].map(([key, { name, group }]) => {
      const figures = perColumn.map((ofColumn) => unnamed(ofColumn.get(key)));
      return { evaluation, name, group, figures };
    });
  });
}

const keyOf = ({ name, group }: NamedFigure) => JSON.stringify([name, group]);

function unnamed(figure: NamedFigure | undefined): ReportedFigure | null {
  if (!figure) return null;
  const { value, low, high, note } = figure;
  return { value, low, high, note };
}
