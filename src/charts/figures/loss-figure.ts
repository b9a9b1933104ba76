// The loss of every trained arm over its optimizer steps.
import type { Column } from '../../lab/compare/columns.ts';
import { lossChart, type LossCurve } from '../loss-chart.ts';
import { figure } from '../numbers.ts';
import type { Series } from '../series.ts';
import type { Figure } from './figure.ts';

/** @param steps optimizer steps of the budget */
export function lossFigure(curves: readonly LossCurve[], steps: number): Figure {
  const ends = curves.map(({ name, points }) => {
    const [first, last] = [points[0], points.at(-1)];
    return first && last ? `, ${name} from ${figure(first.loss)} to ${figure(last.loss)}` : '';
  });
  return {
    file: 'loss',
    title: 'Loss while training',
    label: `Loss over ${steps} optimizer steps${ends.join('')}`,
    legend: curves,
    draw: (Plot, width) => lossChart(Plot, curves, steps, width),
  };
}

/** One curve for each run of a column, and the most steps that any of them took. */
export function lossesOf(
  columns: readonly Column[],
  series: readonly Series[],
): { readonly curves: readonly LossCurve[]; readonly steps: number } {
  const curves = columns.flatMap(({ label, parts }, i) =>
    parts.flatMap(({ run, arm }) => {
      const losses = arm.results.training?.loss ?? [];
      const name = parts.length === 1 ? label : `${label}, seed ${run.seed}`;
      const points = losses.map(([step, loss]) => ({ step, loss }));
      return points.length === 0 || !series[i] ? [] : [{ ...series[i], name, points }];
    }),
  );
  const last = curves.flatMap(({ points }) => points.map(({ step }) => step));
  return { curves, steps: last.reduce((a, b) => Math.max(a, b), 1) };
}
