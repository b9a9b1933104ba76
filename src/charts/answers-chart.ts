// The target and what each arm answers instead, over one axis.
import type { Markish } from '@observablehq/plot';
import { type Bin, binAnswers, type Shown, type ShownArm } from './bins.ts';
import type { Chart } from './chart.ts';
import { percent } from './numbers.ts';
import { categoryMarks } from './category-chart.ts';
import type { PlotModule } from './plot.ts';
import { barMarks, lineMarks, spikeLabels, targetBars } from './share-marks.ts';
import { totalVariation } from '../core/scoring/total-variation.ts';

export type DistributionMode = 'overlaid' | 'separate' | 'cumulative';

/** Up to this many bins each arm has a bar of its own in every bin; beyond, a stepped line. */
const MOST_GROUPED_BINS = 24;

/** A spike may stand out this many times above the target's tallest bin before it is cut off. */
const HEADROOM = 3;

interface Drawing {
  readonly shown: Shown;
  readonly bins: readonly Bin[];
  readonly mode: DistributionMode;
  /** In pixels. */
  readonly width: number;
  /** One of many: low, without what a single chart explains itself by. */
  readonly small?: boolean;
}

/** @param title what the answers are of, e.g. the name of the distribution. @param hidden names of arms */
export function answersChart(
  shown: Shown,
  title: string,
  mode: DistributionMode = 'overlaid',
  hidden: readonly string[] = [],
): Chart {
  const visible = { ...shown, arms: shown.arms.filter(({ name }) => !hidden.includes(name)) };
  const bins = binAnswers(visible);
  const distances = shown.arms.map(
    (arm) => `, ${arm.name} (${percent(distance(shown, arm))} away)`,
  );
  return {
    file: 'answers',
    title,
    label: `${title}: shares of the answers, target${distances.join('')}`,
    legend: [{ name: 'target', color: 'var(--target-edge)', dash: 'none' }, ...visible.arms],
    height: (width) => heightOf({ shown: visible, bins, mode, width }),
    table: () => ({
      columns: ['answer', 'target', ...shown.arms.map(({ name }) => name)],
      rows: shown.values.map((value, i) => [
        value,
        shown.target[i] ?? null,
        ...shown.arms.map(({ probabilities }) => probabilities[i] ?? null),
      ]),
    }),
    draw: (Plot, width) => drawAnswers(Plot, { shown: visible, bins, mode, width }),
  };
}

/** Total variation between the target and an arm. In [0, 1]. */
export const distance = ({ target }: Shown, arm: ShownArm): number =>
  totalVariation(target, arm.probabilities, arm.invalidMass);

export function drawAnswers(Plot: PlotModule, drawing: Drawing): Element {
  const { shown, mode } = drawing;
  if (shown.kind === 'choices') return categoryChart(Plot, drawing);
  if (mode === 'cumulative') return cumulativeChart(Plot, drawing);
  return mode === 'separate' ? separateChart(Plot, drawing) : overlaidChart(Plot, drawing);
}

/** Of a row of choices, in pixels. */
const bandOf = (shown: Shown) => 16 + 11 * Math.max(1, shown.arms.length);

function heightOf({ shown, bins, mode, width }: Drawing): number {
  if (shown.kind === 'choices') return bins.length * (bandOf(shown) + 6) + 50;
  if (mode === 'separate') return Math.max(1, shown.arms.length) * 130 + 50;
  return Math.round(Math.min(400, Math.max(260, width * 0.46)));
}

const frame = { marginLeft: 46, marginRight: 12, marginTop: 24, marginBottom: 36 };
const shareAxis = { label: null, tickFormat: percent, ticks: 5, tickSize: 0 } as const;
const answerAxis = { label: 'answer', labelArrow: 'none', tickSize: 3, nice: false } as const;
const small = {
  frame: { height: 130, marginLeft: 38, marginRight: 8, marginTop: 8, marginBottom: 22 },
  shareAxis: { ...shareAxis, ticks: 3 },
  answerAxis: { ...answerAxis, label: null, ticks: 4 },
} as const;

function overlaidChart(Plot: PlotModule, drawing: Drawing): Element {
  const { shown, bins, width, small: isSmall = false } = drawing;
  const cap = ceiling(bins);
  const arms = shown.arms.map((arm, i) => ({ arm, i }));
  const grouped = bins.length <= (isSmall ? MOST_GROUPED_BINS / 2 : MOST_GROUPED_BINS);
  return Plot.plot({
    height: heightOf(drawing),
    ...(isSmall ? small.frame : frame),
    width,
    x: isSmall ? small.answerAxis : answerAxis,
    y: { ...(isSmall ? small.shareAxis : shareAxis), domain: [0, cap], grid: true },
    marks: [
      targetBars(Plot, bins),
      ...arms.flatMap(({ arm, i }) =>
        grouped
          ? barMarks(Plot, bins, arm, i, arms.length, cap)
          : lineMarks(Plot, bins, arm, i, cap),
      ),
      Plot.ruleY([0], { stroke: 'var(--ink-3)' }),
      ...arms.flatMap(({ arm, i }) => spikeLabels(Plot, bins, arm, i, cap, undefined, isSmall)),
      ...(isSmall ? [] : [tip(Plot, bins, shown.arms, cap)]),
    ],
  });
}

function separateChart(Plot: PlotModule, drawing: Drawing): Element {
  const { shown, bins, width } = drawing;
  const cap = ceiling(bins);
  const names = shown.arms.map((arm) => arm.name);
  return Plot.plot({
    ...frame,
    width,
    height: heightOf(drawing),
    x: answerAxis,
    y: { ...shareAxis, ticks: 3, domain: [0, cap], grid: true },
    fy: { domain: names, label: null, axis: null, padding: 0.18 },
    marks: shown.arms.flatMap((arm, i): Markish[] => [
      targetBars(Plot, bins, arm.name),
      ...barMarks(Plot, bins, arm, i, 1, cap, arm.name),
      ...spikeLabels(Plot, bins, arm, i, cap, arm.name),
      Plot.text([arm.name], {
        fy: [arm.name],
        frameAnchor: 'top-right',
        text: [arm.name],
        fill: arm.color,
        fontWeight: 650,
        dy: -4,
      }),
      Plot.ruleY([0], { stroke: 'var(--ink-3)', fy: [arm.name] }),
    ]),
  });
}

function cumulativeChart(Plot: PlotModule, drawing: Drawing): Element {
  const { shown, bins, width } = drawing;
  const curve = (of: (bin: Bin) => number) => {
    let sum = 0;
    const points = bins.map((bin) => ({ x: bin.x2, y: (sum += of(bin)) }));
    return [{ x: bins[0]?.x1 ?? 0, y: 0 }, ...points];
  };
  const xy = { x: 'x', y: 'y' } as const;
  return Plot.plot({
    ...frame,
    width,
    height: heightOf(drawing),
    x: answerAxis,
    y: { ...shareAxis, domain: [0, 1], grid: true },
    marks: [
      Plot.areaY(
        curve((bin) => bin.target),
        { ...xy, fill: 'var(--target)', fillOpacity: 0.35 },
      ),
      Plot.lineY(
        curve((bin) => bin.target),
        { ...xy, stroke: 'var(--target-edge)' },
      ),
      ...shown.arms.map((arm, i) =>
        Plot.lineY(
          curve((bin) => bin.arms[i] ?? 0),
          {
            ...xy,
            stroke: arm.color,
            strokeWidth: 2,
            strokeDasharray: arm.dash,
          },
        ),
      ),
      Plot.ruleY([0], { stroke: 'var(--ink-3)' }),
    ],
  });
}

function categoryChart(Plot: PlotModule, drawing: Drawing): Element {
  const { shown, bins, width } = drawing;
  const longest = Math.max(...bins.map((bin) => bin.label.length));
  const band = bandOf(shown);
  return Plot.plot({
    width,
    height: heightOf(drawing),
    marginLeft: Math.min(width * 0.35, 24 + longest * 7.5),
    marginRight: 16,
    marginTop: 8,
    x: {
      ...shareAxis,
      grid: true,
      domain: [0, Math.max(...bins.flatMap((b) => [b.target, ...b.arms])) * 1.08],
    },
    y: { label: null, domain: bins.map((bin) => bin.label), tickSize: 0, padding: 0.14 },
    marks: categoryMarks(Plot, bins, shown.arms, band),
  });
}

/** Top of the share axis: everything fits, unless a spike dwarfs the target. */
function ceiling(bins: readonly Bin[]): number {
  const target = Math.max(...bins.map((bin) => bin.target));
  const tallest = Math.max(target, ...bins.flatMap((bin) => bin.arms));
  return Math.min(1, tallest <= HEADROOM * target ? tallest * 1.06 : HEADROOM * target);
}

/** What every curve says about the bin under the pointer. */
function tip(Plot: PlotModule, bins: readonly Bin[], arms: readonly ShownArm[], cap: number) {
  return Plot.tip(
    bins,
    Plot.pointerX({
      x: (bin: Bin) => (bin.x1 + bin.x2) / 2,
      y: (bin: Bin) => Math.min(cap, Math.max(bin.target, ...bin.arms)),
      title: (bin: Bin) =>
        [
          bin.label,
          `target  ${percent(bin.target)}`,
          ...arms.map((arm, i) => `${arm.name}  ${percent(bin.arms[i])}`),
        ].join('\n'),
      fill: 'var(--card)',
      stroke: 'var(--line-strong)',
    }),
  );
}
