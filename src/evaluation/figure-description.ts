// What a figure of an evaluation means: its unit, how exact it is written, which way is better.

export interface FigureDescription {
  /** What it counts; null for a plain number. */
  readonly unit: 'share' | 'answers' | 'tokens' | 'nats' | 'bits' | 'target' | null;
  /** Which way is better; null where neither is, or it depends. */
  readonly better: 'higher' | 'lower' | null;
  /** Significant digits in tables; 3 unless given. */
  readonly digits?: number;
  /** The groups that reports for people list; all unless given. */
  readonly shown?: readonly string[];
  /** One value of several seeds' values; their mean unless given. */
  pool?(values: readonly number[]): number;
}
