// Answers grouped into bins that a chart can show: as many as are readable, all of one width.

/** What a distribution chart is drawn from. */
export interface Shown {
  readonly kind: 'continuous' | 'discrete' | 'choices';
  /** [answers] */
  readonly values: readonly string[];
  /** [answers] */
  readonly target: readonly number[];
  readonly arms: readonly ShownArm[];
}

export interface ShownArm {
  readonly name: string;
  readonly color: string;
  readonly dash: string;
  /** [answers] */
  readonly probabilities: readonly number[];
  readonly invalidMass: number;
  readonly step: number;
}

export interface Bin {
  /** The answers in it, as a person would name them, e.g. `7` or `0.25 to 0.31`. */
  readonly label: string;
  /** Left and right edge on the axis. */
  readonly x1: number;
  readonly x2: number;
  readonly target: number;
  /** [arms] */
  readonly arms: readonly number[];
}

/** Most bins that stay readable at the width of the page. */
export const MOST_BARS = 64;

/**
 * Bins of equal width over the answers' range, or one bin per answer where there are few. Where
 * long tails would squeeze everything else, the outermost bins hold the tails. The sum over the
 * bins is the sum over the answers: nothing is smoothed and nothing is lost.
 */
export function binAnswers(shown: Shown, most = MOST_BARS): Bin[] {
  if (shown.kind === 'choices') return choicesAsBins(shown);
  const numbers = shown.values.map(Number);
  const { start, width, bins } = layOut(centre(numbers, shown.target), shown.kind, most);
  const members: number[][] = Array.from({ length: bins }, () => []);
  numbers.forEach((x, i) => {
    const bin = Math.min(bins - 1, Math.max(0, Math.floor((x - start) / width + 1e-9)));
    members[bin]?.push(i);
  });
  return members.map((answers, i) => ({
    label: nameOf(answers, shown.values) ?? `${start + i * width}`,
    x1: start + i * width,
    x2: start + (i + 1) * width,
    target: sumAt(shown.target, answers),
    arms: shown.arms.map((arm) => sumAt(arm.probabilities, answers)),
  }));
}

function choicesAsBins({ values, target, arms }: Shown): Bin[] {
  return values.map((label, i) => ({
    label,
    x1: i - 0.5,
    x2: i + 0.5,
    target: target[i] ?? 0,
    arms: arms.map((arm) => arm.probabilities[i] ?? 0),
  }));
}

/** Where the bins lie. Answers sit in the middle of bins that hold only one of them. */
function layOut(numbers: readonly number[], kind: Shown['kind'], most: number) {
  const low = numbers.reduce((a, b) => Math.min(a, b));
  const high = numbers.reduce((a, b) => Math.max(a, b));
  const spacing = smallestGap(numbers);
  if (spacing === 0) return { start: low - 0.5, width: 1, bins: 1 };
  const places = Math.round((high - low) / spacing) + 1;
  // A whole number of answers per bin, so that equal answers make equal bins. Thinned lattices have
  // uneven gaps; their answers carry the probability of what was left out.
  const isLattice = kind === 'discrete' || numbers.length > 0.9 * places;
  if (isLattice) {
    const perBin = Math.ceil(places / most);
    const width = perBin * spacing;
    return { start: low - spacing / 2, width, bins: Math.ceil(places / perBin) };
  }
  return { start: low, width: (high - low) / most, bins: most };
}

/** The answers without the outer percent, where that percent takes up most of the range. */
function centre(numbers: readonly number[], target: readonly number[]): readonly number[] {
  const order = numbers.map((_, i) => i).sort((a, b) => (numbers[a] ?? 0) - (numbers[b] ?? 0));
  let below = 0;
  const inner = order.filter((i) => {
    const p = target[i] ?? 0;
    below += p;
    return below >= 0.005 && below - p <= 0.995;
  });
  const range = (indices: readonly number[]) =>
    (numbers[indices.at(-1) ?? 0] ?? 0) - (numbers[indices[0] ?? 0] ?? 0);
  return range(inner) < 0.5 * range(order) && inner.length > 1
    ? inner.map((i) => numbers[i] ?? 0)
    : numbers;
}

function smallestGap(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  let gap = Infinity;
  for (let i = 1; i < sorted.length; i++) {
    const step = (sorted[i] as number) - (sorted[i - 1] as number);
    if (step > 0 && step < gap) gap = step;
  }
  return Number.isFinite(gap) ? gap : 0;
}

function nameOf(answers: readonly number[], values: readonly string[]): string | undefined {
  const first = answers[0];
  const last = answers.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const name = (i: number) => values[i]?.replace(/^-/, '−');
  return first === last ? name(first) : `${name(first)} to ${name(last)}`;
}

const sumAt = (probabilities: readonly number[], answers: readonly number[]) =>
  answers.reduce((sum, i) => sum + (probabilities[i] ?? 0), 0);
