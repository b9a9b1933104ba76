// The figures of further evaluations, read from results that may come from anywhere.
import type { EvaluationName } from '../events.ts';
import type { ArmResults } from './results.ts';

export interface ReportedFigure {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Why there is no value, or what to know of it. */
  readonly note: string | null;
}

export interface NamedFigure extends ReportedFigure {
  readonly name: string;
  /** The part of the data that it is about, such as a split; null for all of it. */
  readonly group: string | null;
}

/** What an arm reports of an evaluation, as far as it looks like a report; samples have a summary. */
export function reportOf(
  results: ArmResults,
  evaluation: EvaluationName,
): Record<string, unknown> | undefined {
  const report = evaluation === 'samples' ? results.sampling : results[evaluation];
  return isObject(report) ? report : undefined;
}

/** In the order in which the report lists them. A report without a list may have numbers of its own. */
export function figuresOf(report: Record<string, unknown>): NamedFigure[] {
  const listed = Array.isArray(report.figures)
    ? report.figures.filter(isObject)
    : Object.entries(report)
        .filter(([, value]) => typeof value === 'number')
        .map(([name, value]) => ({ name, value }));
  return listed.flatMap(({ name, group, value, low, high, note }: Record<string, unknown>) =>
    typeof name !== 'string'
      ? []
      : [
          {
            name,
            group: textOf(group),
            value: finite(value),
            low: finite(low),
            high: finite(high),
            note: textOf(note),
          },
        ],
  );
}

/** Of the sizes of top-p supports, those that reports show; the results have all of them. */
const SHOWN_THRESHOLDS: readonly (string | null)[] = ['0.50', '0.90', '0.99'];

type FigureKey = Pick<NamedFigure, 'name' | 'group'>;

/** Whether a report for people lists the figure. */
export const isShown = ({ name, group }: FigureKey): boolean =>
  name !== 'top_p_support' || SHOWN_THRESHOLDS.includes(group);

/** `unique_fraction` of `train` as `unique fraction (train)`. */
export const figureName = ({ name, group }: FigureKey): string =>
  name.replaceAll('_', ' ') + (group === null ? '' : ` (${group.replaceAll('_', ' ')})`);

const textOf = (value: unknown) => (typeof value === 'string' ? value : null);

/** The number, or null for everything that is none. */
export const finite = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
