// Charts in a Markdown report.
import { markdownText } from '../../core/escape.ts';

export interface ReportChart {
  /** What part of the report it belongs to, e.g. a split. */
  readonly place: string;
  /** Of its file, from the report's folder. */
  readonly path: string;
  /** Likewise, of the file with its numbers. */
  readonly numbers: string;
  /** A short name, and what it shows with its main numbers. */
  readonly title: string;
  readonly label: string;
}

/** The charts of one place, each under its name. */
export function chartLines(charts: readonly ReportChart[], place: string): string[] {
  return charts
    .filter((chart) => chart.place === place)
    .flatMap(({ title, label, path, numbers }) => [
      `**${markdownText(title)}** ([numbers](${numbers}))`,
      '',
      `![${markdownText(label)}](${path})`,
      '',
    ]);
}
