// The figures of a comparison's columns, prompt by prompt, ready to be averaged and paired.
import type { MeasuredPrompt } from '../../core/scoring/bootstrap.ts';
import { exactFigure, type Metric } from '../exact-figures.ts';
import type { Split } from '../experiment/experiment.ts';
import type { Column, ColumnPart } from './columns.ts';
import { mean } from '../../core/mean.ts';

/** Place of the best figure; null with fewer than two. */
export function bestOf(values: readonly (number | null)[], metric: Metric): number | null {
  const known = values.flatMap((value, i) => (value === null ? [] : [{ value, i }]));
  if (known.length < 2) return null;
  const sign = exactFigure(metric).better === 'higher' ? -1 : 1;
  return known.reduce((a, b) => (sign * b.value < sign * a.value ? b : a)).i;
}

/** A column's figures on one split: by prompt, then by seed; seeds as the column's parts have them. */
export type MeasuredColumn = ReadonlyMap<string, MeasuredPrompt>;

export function measuredColumn({ parts }: Column, split: Split, metric: Metric): MeasuredColumn {
  const prompts = new Map<string, { family: string; values: (number | null)[] }>();
  parts.forEach((part, seed) => {
    for (const row of part.arm.results.exact) {
      if (row.split !== split) continue;
      const key = promptKey(part, row.id);
      const prompt = prompts.get(key) ?? {
        family: row.family,
        values: Array<number | null>(parts.length).fill(null),
      };
      prompt.values[seed] = row[metric] ?? null;
      prompts.set(key, prompt);
    }
  });
  return prompts;
}

/**
 * Two figures are of the same prompt only if they are over the same answers: one distribution at two
 * and at five decimals are different tasks, and all lists of choices share one identifier.
 */
export function promptKey({ run }: ColumnPart, id: string): string {
  if (run.answerSpace !== undefined) return JSON.stringify([id, run.answerSpace]);
  const target = run.targets.get(id);
  if (!target) return id;
  const { prompt, values } = target;
  return JSON.stringify([id, prompt, values.length, values[0], values.at(-1)]);
}

/**
 * What one column has more than the other, on the prompts that both measured. With seeds in common
 * the difference is taken seed by seed, since those share their prompts and their answers; else
 * between the means over seeds.
 */
export function differences(
  column: MeasuredColumn,
  other: MeasuredColumn,
  seeds: readonly (readonly [ofColumn: number, ofOther: number])[],
): MeasuredPrompt[] {
  const prompts: MeasuredPrompt[] = [];
  for (const [key, { family, values }] of column) {
    const theirs = other.get(key)?.values;
    if (!theirs) continue;
    const pairs =
      seeds.length > 0
        ? seeds.map(([own, their]) => [values[own] ?? null, theirs[their] ?? null] as const)
        : [[mean(values), mean(theirs)] as const];
    const apart = pairs.map(([a, b]) => (a === null || b === null ? null : a - b));
    if (apart.some((value) => value !== null)) prompts.push({ family, values: apart });
  }
  return prompts;
}

/** Places of the seeds that two columns share. */
export function sharedSeeds(column: Column, other: Column): (readonly [number, number])[] {
  return column.parts.flatMap(({ run: { seed } }, i) => {
    const j = other.parts.findIndex(({ run }) => run.seed === seed);
    return seed === null || j < 0 ? [] : [[i, j] as const];
  });
}
