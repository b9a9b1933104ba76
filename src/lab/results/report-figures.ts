// Figures in a Markdown report.

export interface ReportFigure {
  /** What part of the report it belongs to, e.g. a split. */
  readonly place: string;
  /** Of its file, from the report's folder. */
  readonly path: string;
  /** A short name, and what it shows with its main numbers. */
  readonly title: string;
  readonly label: string;
}

/** The figures of one place, each under its name. */
export function figureLines(figures: readonly ReportFigure[], place: string): string[] {
  return figures
    .filter((figure) => figure.place === place)
    .flatMap(({ title, label, path }) => [`**${title}**`, '', `![${altText(label)}](${path})`, '']);
}

/** A square bracket or a line break would end the text. */
const altText = (label: string) => label.replace(/[[\]\\]/g, '\\$&').replace(/\s+/g, ' ');
