// Percentile bootstrap intervals: how far a figure could move had other prompts or seeds been drawn.
import { randomStream, type RandomStream } from '../random.ts';

/** Where a figure lies. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** How an interval is resampled. */
export interface BootstrapOptions {
  readonly seed: number;
  /** How many times the data are drawn again; 1,000 unless given. */
  readonly resamples?: number;
  /** Share of the resampled figures inside the interval; 0.95 unless given. */
  readonly level?: number;
}

/** One prompt and its figure under every seed that it was measured with; null where undefined. */
export interface MeasuredPrompt {
  readonly family: string;
  /** [seeds] */
  readonly values: readonly (number | null)[];
}

/**
 * The middle `level` of the figures that `statistic` gives on resampled data (Efron's percentile
 * interval), quantiles interpolated linearly. Draws without a figure are left out; null if all are.
 * @param statistic computes the figure on data that it draws anew, with replacement
 * @example
 * import { percentileInterval } from 'calibration-lab/scoring';
 *
 * const figures = [0.2, 0.5, 0.3, 0.4];
 * percentileInterval(
 *   (random) => figures.reduce((sum) => sum + figures[random.integer(4)]!, 0) / 4,
 *   { seed: 11 },
 * ); // => {"low":0.25,"high":0.45}
 */
export function percentileInterval(
  statistic: (random: RandomStream) => number | null,
  { seed, resamples = 1000, level = 0.95 }: BootstrapOptions,
): Interval | null {
  const random = randomStream(seed, 'bootstrap');
  const figures: number[] = [];
  for (let i = 0; i < resamples; i++) {
    const figure = statistic(random);
    if (figure !== null) figures.push(figure);
  }
  if (figures.length === 0) return null;
  const sorted = Float64Array.from(figures).sort();
  return { low: quantile(sorted, (1 - level) / 2), high: quantile(sorted, (1 + level) / 2) };
}

/**
 * The mean over families of each family's mean over what is defined; null if nothing is.
 * @example
 * import { familyBalancedMean } from 'calibration-lab/scoring';
 *
 * familyBalancedMean([
 *   { family: 'beta', values: [0.2] },
 *   { family: 'beta', values: [0.4] },
 *   { family: 'gamma', values: [0.9] },
 * ]); // => 0.6
 */
export function familyBalancedMean(prompts: readonly MeasuredPrompt[]): number | null {
  return new Cells(prompts).mean(ones(prompts.length), ones(seedCount(prompts)));
}

/**
 * The interval of `familyBalancedMean`. Prompts are drawn anew from all of them, whatever their
 * family, so that families with a single prompt vary, too; a family that is not drawn does not
 * count. Seeds, where there are several, are drawn independently of the prompts, since every prompt
 * is measured under the same seeds (the pigeonhole bootstrap: Owen, "The pigeonhole bootstrap",
 * 2007). Null for a single prompt under a single seed, which says nothing of others. For the difference of two arms, give differences as values.
 * @example
 * import { familyBalancedInterval } from 'calibration-lab/scoring';
 *
 * const prompts = [0.2, 0.4, 0.9, 0.5].map((value) => ({ family: 'beta', values: [value] }));
 * familyBalancedInterval(prompts, { seed: 11 }); // => {"low":0.275,"high":0.775}
 */
export function familyBalancedInterval(
  prompts: readonly MeasuredPrompt[],
  options: BootstrapOptions,
): Interval | null {
  const cells = new Cells(prompts);
  const seeds = seedCount(prompts);
  if (prompts.length < 2 && seeds < 2) return null;
  return percentileInterval(
    (random) => cells.mean(draws(prompts.length, random), draws(seeds, random)),
    options,
  );
}

/** The values by family, with the sums that one resample needs. */
class Cells {
  readonly #prompts: readonly MeasuredPrompt[];
  /** [prompts] */
  readonly #family: Int32Array;
  readonly #families: number;

  constructor(prompts: readonly MeasuredPrompt[]) {
    const names = [...new Set(prompts.map(({ family }) => family))];
    this.#prompts = prompts;
    this.#family = Int32Array.from(prompts, ({ family }) => names.indexOf(family));
    this.#families = names.length;
  }

  /** Every cell counts as often as its prompt [prompts] times its seed [seeds] was drawn. */
  mean(promptDraws: Float64Array, seedDraws: Float64Array): number | null {
    const sums = new Float64Array(this.#families);
    const counts = new Float64Array(this.#families);
    this.#prompts.forEach(({ values }, prompt) => {
      const family = this.#family[prompt]!;
      values.forEach((value, seed) => {
        if (value === null) return;
        const weight = promptDraws[prompt]! * seedDraws[seed]!;
        sums[family]! += weight * value;
        counts[family]! += weight;
      });
    });
    let total = 0;
    let defined = 0;
    for (let family = 0; family < this.#families; family++) {
      if (counts[family] === 0) continue;
      total += sums[family]! / counts[family]!;
      defined++;
    }
    return defined === 0 ? null : total / defined;
  }
}

/** [n] how often each of n things comes up in n draws with replacement. */
function draws(n: number, random: RandomStream): Float64Array {
  const counts = new Float64Array(n);
  for (let i = 0; i < n; i++) counts[random.integer(n)]!++;
  return counts;
}

const ones = (n: number) => new Float64Array(n).fill(1);
const seedCount = (prompts: readonly MeasuredPrompt[]) =>
  prompts.reduce((most, { values }) => Math.max(most, values.length), 0);

function quantile(sorted: Float64Array, p: number): number {
  const at = p * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  return below + (at - Math.floor(at)) * (sorted[Math.ceil(at)]! - below);
}
