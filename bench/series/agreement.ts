// Whether tasks that are compared did compute the same thing.
import type { Run } from '../tasks/task.ts';
import type { Failure, Measurements } from './series.ts';

const TOLERANCE = 1e-3;

/**
 * Compares the figures of the first runs, warm-up included, with those of the first task.
 * @throws Error for figures that differ by more than 1e-3 relative: there is nothing to compare then
 */
export function checkAgreement(series: Readonly<Record<string, Measurements | Failure>>): void {
  const finished = Object.entries(series).flatMap(([name, one]) =>
    'failed' in one ? [] : [{ name, figures: figuresOf([...one.warmUp, ...one.timed]) }],
  );
  const [first, ...others] = finished;
  for (const { name, figures } of others) {
    const differs = figures.some((figure, i) => {
      const expected = first!.figures[i];
      return expected !== undefined && !(Math.abs(figure / expected - 1) <= TOLERANCE);
    });
    if (!differs) continue;
    throw new Error(
      `${name} does not compute what ${first!.name} does (${figures.join(', ')} against ${first!.figures.join(', ')}), so their times mean nothing`,
    );
  }
}

/** Those of the first three runs. */
function figuresOf(runs: readonly Run[]): number[] {
  return runs.slice(0, 3).map(({ figure }) => figure);
}
