// The words for further evaluations and their figures.
import type { ReportedFigure } from '../evaluation/reported-figures.ts';
import { figure } from './numbers.ts';

/** `0.5 (0.4 … 0.6)`, or why there is none. */
export function reportedWords(reported: ReportedFigure | null | undefined): string {
  if (!reported) return '–';
  const { value, low, high, note } = reported;
  if (value === null) return note ?? '–';
  return low === null || high === null
    ? figure(value)
    : `${figure(value)} (${figure(low)} … ${figure(high)})`;
}
