// A curriculum: the easiest rows first, more of them by and by, then all.
import { rowsOfStep } from './family-order.ts';

/** Stages in which equal parts of the rows are added; the last has them all. */
const STAGES = 4;
/** Share of the steps after which all rows take part. */
const GROWING = 0.5;

export interface CurriculumOptions {
  readonly steps: number;
  readonly batch: number;
  readonly seed: number;
}

/**
 * The rows of a step, a pure function of the step. While the curriculum grows, stage k of K has the
 * easiest k / K of the rows, ties in their order; each stage runs through epochs of its own, in which
 * families take turns.
 * @param families [rows] @param difficulty [rows] any scale
 */
export function curriculum(
  families: readonly string[],
  difficulty: readonly number[],
  { steps, batch, seed }: CurriculumOptions,
): (step: number) => number[] {
  const easiest = families.map((_, row) => row);
  easiest.sort((a, b) => difficulty[a]! - difficulty[b]!);
  const stages = Array.from({ length: STAGES }, (_, k) => {
    // In their first order, so that the last stage is training without a curriculum.
    const rows = easiest.slice(0, Math.ceil(((k + 1) * families.length) / STAGES));
    rows.sort((a, b) => a - b);
    const first = Math.ceil((k * GROWING * steps) / (STAGES - 1));
    return { first, rows, families: rows.map((row) => families[row]!) };
  });
  return (step) => {
    const stage = stages.findLast(({ first }) => first <= step)!;
    return rowsOfStep(step - stage.first, batch, stage.families, seed).map(
      (place) => stage.rows[place]!,
    );
  };
}
