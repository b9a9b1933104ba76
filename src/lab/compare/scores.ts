// Exact scores side by side: means with intervals, which is best, and how far the others are.
import {
  familyBalancedInterval,
  familyBalancedMean,
  type Interval,
  type MeasuredPrompt,
} from '../../core/scoring/bootstrap.ts';
import { SHOWN_METRICS, type ShownMetric } from '../exact-figures.ts';
import { type Split, SPLITS } from '../experiment/experiment.ts';
import type { Column } from './columns.ts';
import { bestOf, differences, measuredColumn, sharedSeeds } from './measured.ts';

/** A family-balanced mean and its 95 % bootstrap interval, over prompts and, if several, seeds. */
export interface Estimate {
  readonly value: number;
  /** Null for a single prompt under a single seed. */
  readonly interval: Interval | null;
  readonly prompts: number;
}

/**
 * `level`: not clearly worse than the best one, the interval of the difference holds 0. `best` only
 * where any other's difference to it has an interval: one prompt under one seed ranks nothing.
 */
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
  readonly scores: Readonly<Record<ShownMetric, readonly Score[]>>;
  /** [columns] */
  readonly prompts: readonly number[];
  /** [columns] prompts that are among those of the column compared with. */
  readonly shared: readonly number[];
  readonly families: number;
}

/** Resampling is seeded, so that the same runs give the same intervals. */
const BOOTSTRAP = { seed: 1 } as const;

/**
 * The splits that any column was measured on. Intervals take their time, so it pauses after each: a
 * page can breathe in between, or leave.
 * @param against place of the column compared with
 */
export function* compareScores(
  columns: readonly Column[],
  against: number,
): Generator<void, SplitScores[]> {
  const splits: SplitScores[] = [];
  for (const split of SPLITS) {
    const kl = columns.map((column) => measuredColumn(column, split, 'kl'));
    if (kl.every((column) => column.size === 0)) continue;
    const scores: Partial<Record<ShownMetric, Score[]>> = {};
    for (const metric of SHOWN_METRICS) {
      scores[metric] = yield* scoresOn(columns, split, metric, against);
    }
    const families = new Set(kl.flatMap((column) => [...column.values()].map((p) => p.family)));
    splits.push({
      split,
      scores: scores as SplitScores['scores'],
      prompts: kl.map((column) => column.size),
      shared: kl.map((column) => [...column.keys()].filter((key) => kl[against]?.has(key)).length),
      families: families.size,
    });
  }
  return splits;
}

function* scoresOn(
  columns: readonly Column[],
  split: Split,
  metric: ShownMetric,
  against: number,
): Generator<void, Score[]> {
  const measured = columns.map((column) => measuredColumn(column, split, metric));
  const means: (Estimate | null)[] = [];
  for (const column of measured) {
    means.push(estimate([...column.values()]));
    yield;
  }
  const best = bestOf(
    means.map((mean) => mean?.value ?? null),
    metric,
  );
  const gap = (i: number, to: number | null) =>
    to === null || to === i || !columns[to]
      ? null
      : estimate(differences(measured[i]!, measured[to]!, sharedSeeds(columns[i]!, columns[to])));
  const scores: Score[] = [];
  for (const [i, mean] of means.entries()) {
    const difference = gap(i, against);
    yield;
    const toBest = best === against ? difference : gap(i, best);
    scores.push({ mean, difference, standing: mean && standingOf(toBest) });
    yield;
  }
  const ranked = scores.some(({ standing }) => standing !== null);
  return scores.map((score, i) => (ranked && i === best ? { ...score, standing: 'best' } : score));
}

function standingOf(gap: Estimate | null): Standing | null {
  if (!gap?.interval) return null;
  return gap.interval.low <= 0 && gap.interval.high >= 0 ? 'level' : 'behind';
}

function estimate(prompts: readonly MeasuredPrompt[]): Estimate | null {
  const known = prompts.filter(({ values }) => values.some((value) => value !== null));
  const value = familyBalancedMean(known);
  if (value === null) return null;
  return { value, interval: familyBalancedInterval(known, BOOTSTRAP), prompts: known.length };
}
