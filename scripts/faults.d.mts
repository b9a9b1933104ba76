/** A command line that once went wrong: `@` stands for the folder of its own files, `:` for test/golden. */
export interface FaultyLine {
  readonly entry: string;
  readonly line: readonly string[];
  readonly files?: Readonly<Record<string, string | object>>;
  /** What it is given on standard input. */
  readonly input?: string;
}
export const FAULTS: readonly FaultyLine[];
