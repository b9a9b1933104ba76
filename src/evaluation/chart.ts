// What an evaluation draws: shares of a few answers, as data.

/** What one column of a comparison reports: a report for each of its seeds, from anywhere. */
export type ChartReports = readonly Readonly<Record<string, unknown>>[];

export interface Share {
  readonly share: number;
  /** The interval, null where there is none. */
  readonly low: number | null;
  readonly high: number | null;
}

/** The shares of some answers: [answers] of [columns], null where a column does not tell. */
export interface SharePanel {
  /** Unlike those of the other panels. */
  readonly id: string;
  readonly title: string;
  readonly label: string;
  readonly groups: readonly { readonly answer: string; readonly bars: readonly (Share | null)[] }[];
  /** A share to be marked, such as that of an even choice. */
  readonly expected: number | null;
}

export interface ShareChart {
  /** Of its file, without an ending. */
  readonly file: string;
  /** What a reader picks one of several panels by; absent where there is only one. */
  readonly choosing?: string;
  /** How to read it, in a sentence or two. */
  readonly note: string;
  /** What there is to draw of the reports of some columns. */
  panels(columns: readonly ChartReports[]): readonly SharePanel[];
}
