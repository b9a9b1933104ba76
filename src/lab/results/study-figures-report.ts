// The figures of a study as the last part of its report.
import { figureLines, type ReportFigure } from './report-figures.ts';
import { SPLITS } from '../experiment/experiment.ts';
import { splitHeading } from '../plan/split-titles.ts';

/** Markdown; empty without figures. */
export function figuresReport(figures: readonly ReportFigure[]): string {
  const places = [
    ...SPLITS.map((split) => [split, splitHeading(split)] as const),
    ['training', 'Training'] as const,
    ['evaluations', 'Further evaluations'] as const,
  ];
  const sections = places.flatMap(([place, heading]) => {
    const lines = figureLines(figures, place);
    return lines.length === 0 ? [] : [`### ${heading}`, '', ...lines];
  });
  return sections.length === 0 ? '' : ['', '## Figures', '', ...sections].join('\n');
}
