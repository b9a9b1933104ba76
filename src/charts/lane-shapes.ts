// The shapes of one lane of a race: the target as an area, the model as an outline, answers as dots.
// Plain SVG path data: a lane is redrawn at every step, which no chart library is needed for.
import { countsOf } from '../core/counts.ts';

export interface LaneScale {
  /** [answers] left edges in pixels, and one more for the right end of the last. */
  readonly edges: readonly number[];
  /** Height of a probability in pixels, not above `top`. */
  readonly height: (probability: number) => number;
  /** Of the plot, in pixels. */
  readonly plot: { readonly left: number; readonly width: number; readonly height: number };
}

/** What is drawn above this many times the target's tallest answer is cut, with a mark. */
const HEADROOM = 1.5;

const MARGIN = 8;

/**
 * @param numbers [answers] of numeric answers, at whose places they are drawn; undefined for words
 * @param width of the drawing. @param height of its plot
 */
export function laneScale(
  target: readonly number[],
  numbers: readonly number[] | undefined,
  width: number,
  height: number,
): LaneScale {
  const plot = { left: MARGIN, width: width - 2 * MARGIN, height };
  const tallest = Math.max(...target) * HEADROOM;
  const edges = placesOf(target.length, numbers).map((x) => plot.left + x * plot.width);
  return { edges, plot, height: (p) => (Math.min(p, tallest) / tallest) * height };
}

/** [answers + 1] edges in [0, 1]; answers whose gaps are uneven lie where their numbers lie. */
function placesOf(answers: number, numbers: readonly number[] | undefined): number[] {
  if (!numbers || answers < 2) return Array.from({ length: answers + 1 }, (_, i) => i / answers);
  const inner = numbers.slice(1).map((x, i) => (x + numbers[i]!) / 2);
  const first = numbers[0]! - (inner[0]! - numbers[0]!);
  const last = numbers.at(-1)! + (numbers.at(-1)! - inner.at(-1)!);
  return [first, ...inner, last].map((x) => (x - first) / (last - first));
}

/** A step for every answer, from and back to the base line; `closed` makes an area of it. */
export function stepPath(
  { edges, height, plot }: LaneScale,
  probabilities: readonly number[],
  closed = false,
): string {
  const at = (x: number, y: number) => `${round(x)},${round(plot.height - y)}`;
  const steps = probabilities.map((p, i) => {
    const y = height(p);
    return `L${at(edges[i]!, y)}L${at(edges[i + 1]!, y)}`;
  });
  const [left, right] = [edges[0]!, edges.at(-1)!];
  return `M${at(left, 0)}${steps.join('')}L${at(right, 0)}${closed ? 'Z' : ''}`;
}

/** Answers that leave the drawing, where they leave it, the likeliest first. */
export function cutAnswers(
  { edges, height, plot }: LaneScale,
  probabilities: readonly number[],
): { readonly answer: number; readonly x: number; readonly probability: number }[] {
  return probabilities
    .flatMap((probability, answer) =>
      height(probability) >= plot.height
        ? [{ answer, probability, x: (edges[answer]! + edges[answer + 1]!) / 2 }]
        : [],
    )
    .sort((a, b) => b.probability - a.probability);
}

export interface Dot {
  readonly x: number;
  readonly y: number;
  /** Which draw it is, from 0. */
  readonly draw: number;
}

/** From one dot to the next, in pixels; they touch. Smaller in a low plot, so that heaps keep their shape. */
const DOT = { most: 6, least: 3, rows: 24 };

/**
 * Draws as dots that lie on one another over their answer; where that would be higher than the plot, side
 * by side, too: a heap.
 * @param draws indices of answers, in their order; negative for none of them, which are left out
 */
export function dotsOf(
  { edges, plot }: LaneScale,
  draws: readonly number[],
): { readonly dots: readonly Dot[]; readonly radius: number } {
  const counts = countsOf(draws);
  const dot = Math.max(DOT.least, Math.min(DOT.most, plot.height / DOT.rows));
  const rows = Math.max(1, Math.floor(plot.height / dot));
  const lying = new Map<number, number>();
  const dots = draws.flatMap((answer, draw) => {
    if (answer < 0) return [];
    const below = lying.get(answer) ?? 0;
    lying.set(answer, below + 1);
    const columns = Math.ceil(counts.get(answer)! / rows);
    const middle = (edges[answer]! + edges[answer + 1]!) / 2;
    const x = middle + ((below % columns) - (columns - 1) / 2) * dot;
    const y = plot.height - (Math.floor(below / columns) + 0.5) * dot;
    return [{ x: round(x), y: round(y), draw }];
  });
  return { dots, radius: dot * 0.48 };
}

/** About five round numbers on the axis, with their places. */
export function ticksOf(
  { edges }: LaneScale,
  numbers: readonly number[],
): { readonly x: number; readonly label: string }[] {
  const [low, high] = [numbers[0]!, numbers.at(-1)!];
  if (!(high > low)) return [{ x: (edges[0]! + edges.at(-1)!) / 2, label: String(low) }];
  const step = roundStep((high - low) / 4);
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step) - first + 1;
  return Array.from({ length: count }, (_, i) => {
    const value = (first + i) * step;
    const answer = numbers.findIndex((x) => x >= value - step * 1e-9);
    const x = (edges[answer]! + edges[answer + 1]!) / 2;
    return { x: round(x), label: String(Number(value.toPrecision(12))) };
  });
}

/** 1, 2 or 5 times a power of ten, not less than the given. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least)!;
}

const round = (pixels: number) => Math.round(pixels * 10) / 10;
