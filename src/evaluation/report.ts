// The shape that all evaluations report in: settings, figures with intervals, rows. Plain JSON data.
import {
  familyBalancedInterval,
  familyBalancedMean,
  type Interval,
  type MeasuredPrompt,
} from '../core/scoring/bootstrap.ts';
import { wilsonInterval } from '../core/scoring/wilson.ts';

export interface Figure {
  readonly name: string;
  /** The part of the data that it is about, such as a split; null for all of it. */
  readonly group: string | null;
  /** Null where it is undefined; `note` then says why. */
  readonly value: number | null;
  /** The 95 % interval, null where there is none. */
  readonly low: number | null;
  readonly high: number | null;
  /** How many prompts, answers or texts it stands on. */
  readonly count: number;
  readonly note: string | null;
}

export interface EvaluationReport<Settings, Row> {
  readonly evaluation: string;
  readonly settings: Settings;
  readonly figures: readonly Figure[];
  readonly rows: readonly Row[];
}

export function reportFigure(
  name: string,
  value: number | null,
  count: number,
  extra: {
    readonly group?: string | null;
    readonly interval?: Interval | null;
    readonly note?: string | null;
  } = {},
): Figure {
  const { group = null, interval = null, note = null } = extra;
  const { low, high } = value === null || !interval ? { low: null, high: null } : interval;
  return { name, group, value, low, high, count, note };
}

/** A share of independent trials, with Wilson's interval; null without trials. */
export function proportion(
  name: string,
  successes: number,
  trials: number,
  group: string | null = null,
): Figure {
  return reportFigure(name, trials === 0 ? null : successes / trials, trials, {
    group,
    interval: wilsonInterval(successes, trials),
    note: trials === 0 ? 'there was nothing to count' : null,
  });
}

/** A family-balanced mean with its bootstrap interval over prompts and seeds, without undefined ones. */
export function balancedMean(
  name: string,
  prompts: readonly MeasuredPrompt[],
  seed: number,
  group: string | null = null,
): Figure {
  const defined = prompts.filter(({ values }) => values.some((value) => value !== null));
  const skipped = prompts.length - defined.length;
  return reportFigure(name, familyBalancedMean(defined), defined.length, {
    group,
    interval: familyBalancedInterval(defined, { seed }),
    note: skipped === 0 ? null : `undefined for ${skipped} of ${prompts.length} prompts`,
  });
}

/** A plain mean over prompts with its bootstrap interval. */
export function promptMean(
  name: string,
  values: readonly (number | null)[],
  seed: number,
  group: string | null = null,
): Figure {
  const prompts = values.map((value) => ({ family: '', values: [value] }));
  return balancedMean(name, prompts, seed, group);
}

/** The number, or null for NaN and infinities, which JSON does not have. */
export const finiteOrNull = (value: number | null): number | null =>
  value !== null && Number.isFinite(value) ? value : null;
