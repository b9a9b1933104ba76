// Exact scores side by side: means with intervals, which is best, and how far the others are.
import {
  familyBalancedInterval,
  familyBalancedMean,
  type Interval,
  type MeasuredPrompt,
} from '../../core/scoring/bootstrap.ts';
import { type Split, SPLITS } from '../experiment.ts';
import type { Column } from './columns.ts';
import {
  COMPARED_METRICS,
  type ComparedMetric,
  differences,
  isBetter,
  type MeasuredColumn,
  measuredColumn,
  sharedSeeds,
} from './measured.ts';

/** A family-balanced mean and its 95 % bootstrap interval, over prompts and, if several, seeds. */
export interface Estimate {
  readonly value: number;
  /** Null for a single prompt. */
  readonly interval: Interval | null;
  readonly prompts: number;
}

/** `level`: not clearly worse than the best one, the interval of the difference holds 0. */
export type Standing = 'best' | 'level' | 'behind';

export interface Score {
  /** Null where the column has no such figure. */
  readonly mean: Estimate | null;
  /** This column less the one compared with, on shared prompts; null for that one, or without any. */
  readonly difference: Estimate | null;
  /** Null where there is nothing to rank: fewer than two figures, or no prompts shared with the best. */
  readonly standing: Standing | null;
}

export interface SplitScores {
  readonly split: Split;
  /** Per metric [columns]. */
  readonly scores: Readonly<Record<ComparedMetric, readonly Score[]>>;
  /** [columns] */
  readonly prompts: readonly number[];
  /** [columns] prompts that are among those of the column compared with. */
  readonly shared: readonly number[];
  readonly families: number;
}

/** Resampling is seeded, so that the same runs give the same intervals. */
const BOOTSTRAP = { seed: 1 } as const;

/** The splits that any column was measured on. @param against place of the column compared with */
export function compareScores(columns: readonly Column[], against: number): SplitScores[] {
  return SPLITS.flatMap((split) => {
    const kl = columns.map((column) => measuredColumn(column, split, 'kl'));
    if (kl.every((column) => column.size === 0)) return [];
    const scoresOf = (metric: ComparedMetric) => scoresOn(columns, split, metric, against);
    const families = new Set(kl.flatMap((column) => [...column.values()].map((p) => p.family)));
    const reference = kl[against];
    return {
      split,
      scores: Object.fromEntries(
        COMPARED_METRICS.map((metric) => [metric, scoresOf(metric)]),
      ) as Record<ComparedMetric, Score[]>,
      prompts: kl.map((column) => column.size),
      shared: kl.map((column) => [...column.keys()].filter((key) => reference?.has(key)).length),
      families: families.size,
    };
  });
}

function scoresOn(
  columns: readonly Column[],
  split: Split,
  metric: ComparedMetric,
  against: number,
): Score[] {
  const measured = columns.map((column) => measuredColumn(column, split, metric));
  const means = measured.map((column) => estimate([...column.values()]));
  const from = (i: number, other: number) =>
    estimate(
      differences(measured[i]!, measured[other]!, sharedSeeds(columns[i]!, columns[other]!)),
    );
  const best = bestOf(means, metric);
  return means.map((mean, i) => ({
    mean,
    difference: i === against || !columns[against] ? null : from(i, against),
    standing: mean === null || best === null ? null : standingOf(i, best, from),
  }));
}

function standingOf(
  i: number,
  best: number,
  from: (i: number, other: number) => Estimate | null,
): Standing | null {
  if (i === best) return 'best';
  const gap = from(i, best);
  if (!gap) return null;
  if (gap.value === 0) return 'level';
  if (!gap.interval) return null;
  return gap.interval.low <= 0 && gap.interval.high >= 0 ? 'level' : 'behind';
}

/** Place of the best mean; null with fewer than two. */
function bestOf(means: readonly (Estimate | null)[], metric: ComparedMetric): number | null {
  const known = means.flatMap((mean, i) => (mean === null ? [] : [i]));
  if (known.length < 2) return null;
  const value = (i: number) => means[i]!.value;
  return known.reduce((a, b) => (isBetter(metric, value(b), value(a)) ? b : a));
}

function estimate(prompts: readonly MeasuredPrompt[]): Estimate | null {
  const known = prompts.filter(({ values }) => values.some((value) => value !== null));
  const value = familyBalancedMean(known);
  if (value === null) return null;
  return { value, interval: familyBalancedInterval(known, BOOTSTRAP), prompts: known.length };
}

export interface FamilyScores {
  readonly family: string;
  /** [columns] mean over the family's prompts and seeds. */
  readonly values: readonly (number | null)[];
  /** Place of the best one; null with fewer than two. */
  readonly best: number | null;
}

/** Single families of a split, without intervals: many have one prompt only. */
export function familyScores(
  columns: readonly Column[],
  split: Split,
  metric: ComparedMetric,
): FamilyScores[] {
  const measured = columns.map((column) => byFamily(measuredColumn(column, split, metric)));
  const families = new Set(measured.flatMap((column) => [...column.keys()]));
  return [...families].map((family) => {
    const values = measured.map((column) => {
      const prompts = column.get(family);
      return prompts ? familyBalancedMean(prompts) : null;
    });
    const known = values.map((value) =>
      value === null ? null : { value, interval: null, prompts: 0 },
    );
    return { family, values, best: bestOf(known, metric) };
  });
}

function byFamily(column: MeasuredColumn): Map<string, MeasuredPrompt[]> {
  const families = new Map<string, MeasuredPrompt[]>();
  for (const prompt of column.values()) {
    families.set(prompt.family, [...(families.get(prompt.family) ?? []), prompt]);
  }
  return families;
}
