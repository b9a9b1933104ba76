// The loss of every trained arm over its optimizer steps.
import type { Chart } from './chart.ts';
import type { Compared } from './comparison-chart.ts';
import { figure } from './numbers.ts';
import type { PlotModule } from './plot.ts';

const HEIGHT = 240;

export interface LossCurve {
  readonly name: string;
  readonly color: string;
  readonly dash: string;
  readonly points: readonly { readonly step: number; readonly loss: number }[];
  /** Steps taught by KL before the arm's own objective; none unless given. */
  readonly warmUp?: number;
}

/** @param steps optimizer steps of the budget */
export function lossChart(curves: readonly LossCurve[], steps: number): Chart {
  const ends = curves.map(({ name, points }) => {
    const [first, last] = [points[0], points.at(-1)];
    return first && last ? `, ${name} from ${figure(first.loss)} to ${figure(last.loss)}` : '';
  });
  const warmUps = curves.flatMap(({ name, warmUp = 0 }) =>
    warmUp > 0 ? [`${name} is warmed up by KL until step ${warmUp}, the vertical line.`] : [],
  );
  return {
    file: 'loss',
    title: 'Loss while training',
    label: `Loss over ${steps} optimizer steps${ends.join('')}`,
    legend: curves,
    height: () => HEIGHT,
    ...(warmUps.length > 0 && { note: warmUps.join(' ') }),
    table: () => lossTable(curves),
    draw: (Plot, width) => drawLosses(Plot, curves, steps, width),
  };
}

/** One curve for each run of a column; null where nothing was trained. */
export function comparedLossChart({ columns, series }: Compared): Chart | null {
  const curves = columns.flatMap(({ label, parts }, i) =>
    parts.flatMap(({ run, arm }) => {
      const losses = arm.results.training?.loss ?? [];
      const name = parts.length === 1 ? label : `${label}, seed ${run.seed}`;
      const points = losses.map(([step, loss]) => ({ step, loss }));
      const { warm_up_steps: warmUp = 0 } = arm.results.training ?? {};
      return points.length === 0 || !series[i] ? [] : [{ ...series[i], name, points, warmUp }];
    }),
  );
  if (curves.length === 0) return null;
  const steps = curves.flatMap(({ points }) => points.at(-1)?.step ?? 1);
  const chart = lossChart(
    curves,
    steps.reduce((a, b) => Math.max(a, b), 1),
  );
  const note =
    'Mean loss of a batch. Methods reach different floors, so compare curves of one method, and ' +
    'methods by their scores.';
  return { ...chart, note: chart.note === undefined ? note : `${note} ${chart.note}` };
}

/** A row for every step at which any loss was read. */
function lossTable(curves: readonly LossCurve[]) {
  const losses = curves.map(({ points }) => new Map(points.map(({ step, loss }) => [step, loss])));
  const steps = new Set(losses.flatMap((byStep) => [...byStep.keys()]));
  return {
    columns: ['step', ...curves.map(({ name }) => name)],
    rows: [...steps]
      .sort((a, b) => a - b)
      .map((step) => [String(step), ...losses.map((byStep) => byStep.get(step) ?? null)]),
  };
}

/** @param steps the budget, so that the axis does not move while training */
function drawLosses(
  Plot: PlotModule,
  curves: readonly LossCurve[],
  steps: number,
  width: number,
): Element {
  const drawn = curves.map((curve) => ({ ...curve, points: thinned(curve.points) }));
  const points = drawn.flatMap(({ name, points }) => points.map((point) => ({ name, ...point })));
  return Plot.plot({
    width,
    height: HEIGHT,
    marginLeft: 46,
    marginRight: 12,
    marginTop: 24,
    marginBottom: 36,
    x: { label: 'optimizer step', labelArrow: 'none', domain: [0, steps], tickSize: 3 },
    y: {
      label: 'loss, nats',
      labelArrow: 'none',
      grid: true,
      tickSize: 0,
      ticks: 5,
      zero: true,
      tickFormat: figure,
    },
    marks: [
      ...drawn.flatMap(({ points: raw, color, dash }) => [
        Plot.lineY(raw, { x: 'step', y: 'loss', stroke: color, strokeOpacity: 0.35 }),
        Plot.lineY(smooth(raw), {
          x: 'step',
          y: 'loss',
          stroke: color,
          strokeWidth: 2,
          strokeDasharray: dash,
        }),
      ]),
      ...curves.flatMap(({ warmUp = 0, color }) =>
        warmUp > 0 ? [Plot.ruleX([warmUp], { stroke: color, strokeDasharray: '2 3' })] : [],
      ),
      Plot.ruleY([0], { stroke: 'var(--ink-3)' }),
      Plot.tip(
        points,
        Plot.pointer({
          x: 'step',
          y: 'loss',
          title: (point: (typeof points)[number]) =>
            `${point.name}, step ${point.step}\nloss ${figure(point.loss)}`,
          fill: 'var(--card)',
          stroke: 'var(--line-strong)',
        }),
      ),
    ],
  });
}

/** One every few pixels of a wide chart: a long run must not cost more with every step. */
export const MOST_POINTS = 300;

/** The first as it is, then means of as many neighbours as it takes. */
export function thinned(points: LossCurve['points']): LossCurve['points'] {
  const each = Math.ceil((points.length - 1) / (MOST_POINTS - 1));
  if (each <= 1) return points;
  const means = [...points.slice(0, 1)];
  for (let from = 1; from < points.length; from += each) {
    const group = points.slice(from, from + each);
    const loss = group.reduce((sum, point) => sum + point.loss, 0) / group.length;
    means.push({ step: group.at(-1)!.step, loss });
  }
  return means;
}

/** Centred running mean over about a twentieth of the curve. */
export function smooth(points: LossCurve['points']): LossCurve['points'] {
  const reach = Math.floor(points.length / 40);
  return points.map(({ step }, i) => {
    const window = points.slice(Math.max(0, i - reach), i + reach + 1);
    return { step, loss: window.reduce((sum, point) => sum + point.loss, 0) / window.length };
  });
}
