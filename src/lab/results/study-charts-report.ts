// The charts of a study as the last part of its report.
import { chartLines, type ReportChart } from './report-charts.ts';
import { SPLITS } from '../experiment/experiment.ts';
import { splitHeading } from '../plan/split-titles.ts';

/** Markdown; empty without charts. */
export function chartsReport(charts: readonly ReportChart[]): string {
  const places = [
    ...SPLITS.map((split) => [split, splitHeading(split)] as const),
    ['training', 'Training'] as const,
    ['evaluations', 'Further evaluations'] as const,
  ];
  const sections = places.flatMap(([place, heading]) => {
    const lines = chartLines(charts, place);
    return lines.length === 0 ? [] : [`### ${heading}`, '', ...lines];
  });
  return sections.length === 0 ? '' : ['', '## Figures', '', ...sections].join('\n');
}
