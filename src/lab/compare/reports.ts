// The further evaluations of a comparison's columns: their figures side by side.
import { EVALUATIONS, type EvaluationName } from '../events.ts';
import { figuresOf, isObject, reportOf, type ReportedFigure } from '../results/reported-figures.ts';
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
export const reportsOf = ({ parts }: Column, evaluation: EvaluationName) =>
  parts.map(({ arm }) => reportOf(arm.results, evaluation)).filter(isObject);

/** Every figure that any column reports, in the order in which the reports list them. */
export function reportedFigures(columns: readonly Column[]): ReportedRow[] {
  return EVALUATIONS.flatMap((evaluation) => {
    const perColumn = columns.map((column) => columnFigures(column, evaluation));
    const keys = new Set(perColumn.flatMap((figures) => [...figures.keys()]));
    return [...keys].map((key) => {
      const [name, group] = JSON.parse(key) as [string, string | null];
      const figures = perColumn.map((ofColumn) => {
        const entries = ofColumn.get(key);
        return entries ? joined(entries) : null;
      });
      return { evaluation, name, group, figures };
    });
  });
}

function columnFigures(column: Column, evaluation: EvaluationName): Map<string, ReportedFigure[]> {
  const figures = new Map<string, ReportedFigure[]>();
  for (const report of reportsOf(column, evaluation)) {
    for (const { name, group, ...figure } of figuresOf(report)) {
      const key = JSON.stringify([name, group]);
      figures.set(key, [...(figures.get(key) ?? []), figure]);
    }
  }
  return figures;
}

function joined(entries: readonly ReportedFigure[]): ReportedFigure {
  const [first] = entries;
  if (entries.length === 1) return first!;
  const values = entries.flatMap(({ value }) => (value === null ? [] : [value]));
  const note = entries.find((entry) => entry.note !== null)?.note ?? null;
  if (values.length === 0) return { value: null, low: null, high: null, note };
  return {
    value: values.reduce((sum, value) => sum + value, 0) / values.length,
    low: Math.min(...values),
    high: Math.max(...values),
    note,
  };
}
