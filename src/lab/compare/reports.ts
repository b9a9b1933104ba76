// The further evaluations of a comparison's columns: their figures side by side.
import { EVALUATIONS, type EvaluationName } from '../events.ts';
import type { Column } from './columns.ts';

/** A figure of one column; of several seeds, the mean, and from the least to the most of them. */
export interface ReportedFigure {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Why there is no value, or what to know of it. */
  readonly note: string | null;
}

export interface ReportedRow {
  readonly evaluation: EvaluationName;
  readonly name: string;
  /** The part of the data that it is about, such as a split; null for all of it. */
  readonly group: string | null;
  /** [columns]; null where the column's report has no such figure. */
  readonly figures: readonly (ReportedFigure | null)[];
}

/** The reports of a column's parts, as far as they look like reports. */
export function reportsOf(
  { parts }: Column,
  evaluation: EvaluationName,
): Record<string, unknown>[] {
  const key = evaluation === 'samples' ? 'sampling' : evaluation;
  return parts.map(({ arm }) => arm.results[key]).filter(isObject);
}

/** Every figure that any column reports, in the order in which the reports list them. */
export function reportedFigures(columns: readonly Column[]): ReportedRow[] {
  return EVALUATIONS.flatMap((evaluation) => {
    const perColumn = columns.map((column) => figuresOf(column, evaluation));
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

function figuresOf(column: Column, evaluation: EvaluationName): Map<string, ReportedFigure[]> {
  const figures = new Map<string, ReportedFigure[]>();
  for (const report of reportsOf(column, evaluation)) {
    for (const entry of listed(report)) {
      const { name, group } = entry;
      if (typeof name !== 'string') continue;
      const key = JSON.stringify([name, typeof group === 'string' ? group : null]);
      figures.set(key, [...(figures.get(key) ?? []), read(entry)]);
    }
  }
  return figures;
}

/** Reports list their figures; one that does not may have numbers of its own. */
function listed(report: Record<string, unknown>): Record<string, unknown>[] {
  if (Array.isArray(report.figures)) return report.figures.filter(isObject);
  return Object.entries(report)
    .filter(([, value]) => typeof value === 'number')
    .map(([name, value]) => ({ name, value }));
}

const read = ({ value, low, high, note }: Record<string, unknown>): ReportedFigure => ({
  value: finite(value),
  low: finite(low),
  high: finite(high),
  note: typeof note === 'string' ? note : null,
});

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

const finite = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
