// The temperature baseline: the sampling temperature at which a model's answers come closest to the targets.
import { InputError } from '../../core/errors.ts';
import type { RunOptions } from '../../evaluation/run.ts';

/** A distance to the targets at a temperature, smaller is better; null where it is undefined. */
export type TemperatureScore = (temperature: number) => Promise<number | null>;

export interface TemperatureSearchOptions extends Omit<RunOptions, 'seed'> {
  /** The first to be tried, ascending. */
  readonly temperatures?: readonly number[];
  /** How often the steps around the best are halved; 2. */
  readonly refinements?: number;
}

export interface TemperatureSearch {
  /** Null where the score was undefined everywhere. */
  readonly best: { readonly temperature: number; readonly score: number } | null;
  /** All that was tried, by temperature. */
  readonly curve: readonly { readonly temperature: number; readonly score: number | null }[];
}

const TEMPERATURES = [0.5, 0.7, 1, 1.4, 2, 2.8, 4];
/** Temperatures are refined within these bounds. */
const [COLDEST, HOTTEST] = [0.05, 20];

/**
 * Tries a few temperatures, then both sides of the best, each time half as far away on a logarithmic
 * scale (beyond the ends of the list, too). Finds the minimum of a distance with a single one. The
 * search is to see train prompts only.
 * @throws InputError for temperatures that do not ascend or are out of range
 */
export async function searchTemperature(
  score: TemperatureScore,
  { temperatures = TEMPERATURES, refinements = 2, signal, onProgress }: TemperatureSearchOptions,
): Promise<TemperatureSearch> {
  checkTemperatures(temperatures);
  const total = temperatures.length + 2 * refinements;
  const curve: { temperature: number; score: number | null }[] = [];
  const tried = async (temperature: number) => {
    signal?.throwIfAborted();
    const value = await score(temperature);
    curve.push({ temperature, score: value !== null && Number.isFinite(value) ? value : null });
    await onProgress?.(curve.length, total);
  };
  await onProgress?.(0, total);
  for (const temperature of temperatures) await tried(temperature);
  let step = Math.sqrt(largestStep(temperatures));
  for (let i = 0; i < refinements; i++) {
    const centre = bestOf(curve)?.temperature;
    if (centre === undefined) break;
    await tried(Math.max(COLDEST, centre / step));
    await tried(Math.min(HOTTEST, centre * step));
    step = Math.sqrt(step);
  }
  await onProgress?.(total, total);
  curve.sort((a, b) => a.temperature - b.temperature);
  return { best: bestOf(curve), curve };
}

function checkTemperatures(temperatures: readonly number[]): void {
  temperatures.forEach((temperature, i) => {
    const after = i === 0 ? 0 : temperatures[i - 1]!;
    if (temperature > after && temperature <= HOTTEST) return;
    throw new InputError(
      `temperatures: entry ${i + 1} is ${temperature}`,
      `Give ascending numbers above 0, at most ${HOTTEST}.`,
      `temperatures.${i}`,
    );
  });
}

/** The largest ratio of neighbours, 2 for a single temperature. */
const largestStep = (temperatures: readonly number[]) =>
  temperatures.length < 2
    ? 2
    : Math.max(...temperatures.slice(1).map((temperature, i) => temperature / temperatures[i]!));

function bestOf(curve: TemperatureSearch['curve']): TemperatureSearch['best'] {
  let best: TemperatureSearch['best'] = null;
  for (const { temperature, score } of curve) {
    if (score !== null && (best === null || score < best.score)) best = { temperature, score };
  }
  return best;
}
