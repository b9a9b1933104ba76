// Objectives over whole answers: functions of p(a), the probability that a model gives each answer.

/** The answers of one prompt, in one order. Targets sum to 1. */
export interface AnswerOdds {
  /** [answers] target q(a) */
  readonly target: ArrayLike<number>;
  /** [answers] p(a) */
  readonly given: ArrayLike<number>;
  /** [answers] log p(a), which is there where p(a) is too small for a number */
  readonly logGiven: ArrayLike<number>;
  /** [answers] what they mean as numbers; null where they mean none. */
  readonly numbers: ArrayLike<number> | null;
}

/** L, and c(a) = -p(a) dL/dp(a): what the gradient of L puts on the leaf of each answer. */
export interface ObjectiveValue {
  readonly loss: number;
  /** [answers] */
  readonly c: Float64Array;
}

interface Objective {
  /** For people, e.g. `total variation`. */
  readonly title: string;
  /** Whether answers must mean numbers. */
  readonly needsNumbers?: true;
  /** What an answer adds to L and c when it is drawn from the target; none needs the whole trie. */
  readonly drawn?: (q: number, p: number, logP: number) => readonly [loss: number, c: number];
  value(odds: AnswerOdds): ObjectiveValue;
}

/** Reverse KL: targets are raised to the first, and other text has the odds of the second. */
const [LEAST_TARGET, OTHER_TEXT, LEAST_INVALID] = [1e-8, 1e-6, 1e-12];

export const OBJECTIVES = {
  /** sum of q log(q / p) */
  kl: {
    title: 'KL(target ‖ model)',
    drawn: (q, _, logP) => [Math.log(q) - logP, 1],
    value: sumOver((q, _, logP) => (q > 0 ? [q * (Math.log(q) - logP), q] : [0, 0])),
  },
  /** 1/2 (sum of |q - p| + invalid mass) */
  tv: {
    title: 'total variation',
    drawn: (q, p) => [Math.max(0, 1 - p / q), tvShare(q, p) / q],
    value: sumOver(
      (q, p) => [Math.abs(q - p) / 2, tvShare(q, p)],
      (invalid) => invalid / 2,
    ),
  },
  /** Half KL of target and of model to their mean; other text is one more outcome. */
  js: {
    title: 'Jensen-Shannon divergence',
    drawn: (q, p) => [
      Math.LN2 / 2 +
        (p > 0 ? ((p / q) * Math.log(p / (p + q))) / 2 : 0) +
        Math.log((2 * q) / (p + q)) / 2,
      jsShare(q, p) / q,
    ],
    value: sumOver(
      (q, p) => [(xlog(q, (2 * q) / (p + q)) + xlog(p, (2 * p) / (p + q))) / 2, jsShare(q, p)],
      (invalid) => (invalid * Math.LN2) / 2,
    ),
  },
  /** sum of (q - p)^2 + invalid mass^2 */
  brier: {
    title: 'Brier score',
    value: (odds) => {
      const invalid = invalidMass(odds);
      return sumOver(
        (q, p) => [(q - p) ** 2, 2 * p * (q - p + invalid)],
        () => invalid ** 2,
      )(odds);
    },
  },
  /** KL(model || target), targets raised to 1e-8, other text to be 1e-6 likely */
  reverse_kl: {
    title: 'KL(model ‖ target)',
    value: (odds) => {
      const invalid = invalidMass(odds);
      const slope = Math.log(Math.max(invalid, LEAST_INVALID) / OTHER_TEXT);
      return sumOver(
        (q, p, logP) => {
          const log = p > 0 ? logP - Math.log(Math.max(q, LEAST_TARGET)) : 0;
          return [p * log, p * (slope - log)];
        },
        () => invalid * slope,
      )(odds);
    },
  },
  /** The integral of the squared distance between the cumulative distributions, over the range, plus the invalid mass. */
  cramer: { title: 'Cramér distance', needsNumbers: true, value: cramer },
} as const satisfies Record<string, Objective>;

export type ObjectiveName = keyof typeof OBJECTIVES;
export const OBJECTIVE_NAMES = Object.keys(OBJECTIVES) as [ObjectiveName, ...ObjectiveName[]];

/** The objective by its name, with all that it may say. */
export const objectiveNamed = (name: ObjectiveName): Objective => OBJECTIVES[name];

/** 1 - the sum of p. */
function invalidMass({ given }: Pick<AnswerOdds, 'given'>): number {
  let valid = 0;
  for (let i = 0; i < given.length; i++) valid += given[i]!;
  return 1 - valid;
}

const xlog = (x: number, y: number) => (x === 0 ? 0 : x * Math.log(y));
const tvShare = (q: number, p: number) => (p < q ? p : p > q ? 0 : p / 2);
const jsShare = (q: number, p: number) =>
  p > 0 ? (p / 2) * (q < p ? Math.log1p(q / p) : Math.log(p + q) - Math.log(p)) : 0;

/** Sums over the answers, and what the invalid mass adds to the loss. */
function sumOver(
  each: (q: number, p: number, logP: number) => readonly [loss: number, c: number],
  ofInvalid: (mass: number) => number = () => 0,
): Objective['value'] {
  return (odds) => {
    const { target, given, logGiven } = odds;
    let loss = 0;
    const c = Float64Array.from({ length: target.length }, (_, i) => {
      const [part, share] = each(target[i]!, given[i]!, logGiven[i]!);
      loss += part;
      return share;
    });
    return { loss: loss + ofInvalid(invalidMass(odds)), c };
  };
}

/** Answers by value; the widths between neighbours weigh the squared distance, as shares of the range. */
function cramer({ target, given, numbers }: AnswerOdds): ObjectiveValue {
  if (numbers === null) throw new Error('the answers mean no numbers');
  const order = Array.from({ length: given.length }, (_, i) => i);
  order.sort((a, b) => numbers[a]! - numbers[b]!);
  const range = numbers[order.at(-1)!]! - numbers[order[0]!]!;
  /** [answers] width to the next times how much more of p than of q lies up to here */
  const excess = new Float64Array(order.length);
  let [ahead, loss] = [0, invalidMass({ given })];
  for (const [k, answer] of order.entries()) {
    ahead += given[answer]! - target[answer]!;
    const next = order[k + 1];
    const width =
      next === undefined || range === 0 ? 0 : (numbers[next]! - numbers[answer]!) / range;
    excess[k] = width * ahead;
    loss += width * ahead ** 2;
  }
  const c = new Float64Array(order.length);
  let above = 0;
  for (let k = order.length - 1; k >= 0; k--) {
    above += excess[k]!;
    c[order[k]!] = given[order[k]!]! * (1 - 2 * above);
  }
  return { loss, c };
}
