// The exact figures of a prompt: rows, means, tables and comparisons all read what they are here.

interface ExactFigure {
  /** In rows and results.json. */
  readonly key: string;
  /** In reports. */
  readonly title: string;
  /** At the head of a narrow column. */
  readonly short: string;
  /** What it tells, in a few words. */
  readonly note: string;
  readonly unit: 'nats' | 'share' | null;
  readonly better: 'lower' | 'higher' | null;
  /** Whether the page's tables and comparisons show it; all are kept. */
  readonly isShown: boolean;
  /** Whether every prompt has it, in runs of every version. */
  readonly isCertain: boolean;
}

export const EXACT_FIGURES = [
  {
    key: 'kl',
    title: 'KL (nats)',
    short: 'KL',
    note: 'KL(target ‖ model) over whole answers, in nats; 0 is perfect',
    unit: 'nats',
    better: 'lower',
    isShown: true,
    isCertain: true,
  },
  {
    key: 'tv',
    title: 'total variation',
    short: 'TV',
    note: 'total variation: the share of answers that would have to change',
    unit: 'share',
    better: 'lower',
    isShown: true,
    isCertain: true,
  },
  {
    key: 'js',
    title: 'Jensen-Shannon',
    short: 'JS',
    note: 'Jensen-Shannon divergence in nats, at most log 2',
    unit: 'nats',
    better: 'lower',
    isShown: false,
    isCertain: true,
  },
  {
    key: 'valid_mass',
    title: 'valid mass',
    short: 'Valid',
    note: 'probability that the model gives a valid answer at all',
    unit: 'share',
    better: 'higher',
    isShown: true,
    isCertain: true,
  },
  {
    key: 'wasserstein_1',
    title: 'W1',
    short: 'W₁',
    note: 'Wasserstein distance: how far answers would have to move, in their own units; over valid answers only',
    unit: null,
    better: 'lower',
    isShown: true,
    isCertain: false,
  },
  {
    key: 'reference_logit_kl',
    title: 'logit KL of the reference',
    short: 'logit KL',
    note: 'the figure of the paper’s own code, per step of sampled answers',
    unit: 'nats',
    better: 'lower',
    isShown: false,
    isCertain: false,
  },
  {
    key: 'rank_correlation',
    title: 'rank correlation',
    short: 'Order',
    note: 'rank correlation (Spearman): whether the answers that should be likelier are; 1 is the right order, 0 none',
    unit: null,
    better: 'higher',
    isShown: true,
    isCertain: false,
  },
] as const satisfies readonly ExactFigure[];

type Described = (typeof EXACT_FIGURES)[number];
/** The name of an exact figure. */
export type Metric = Described['key'];
/** Of one prompt, in nats, shares or the answers' own unit; null where the prompt has no such figure. */
export type ExactFigures = {
  readonly [F in Extract<Described, { isCertain: true }> as F['key']]: number;
} & {
  readonly [F in Extract<Described, { isCertain: false }> as F['key']]?: number | null;
};

export const METRICS: readonly Metric[] = EXACT_FIGURES.map(({ key }) => key);

/** An object with a value for every figure. */
export const ofEachMetric = <T>(value: (metric: Metric) => T): Record<Metric, T> =>
  Object.fromEntries(METRICS.map((metric) => [metric, value(metric)])) as Record<Metric, T>;

type Shown = Extract<Described, { isShown: true }>;
/** The figures that tables and comparisons show. */
export type ShownMetric = Shown['key'];
export const SHOWN_FIGURES = EXACT_FIGURES.filter((figure): figure is Shown => figure.isShown);
export const SHOWN_METRICS: readonly ShownMetric[] = SHOWN_FIGURES.map(({ key }) => key);

export const exactFigure = (metric: Metric): ExactFigure =>
  EXACT_FIGURES.find(({ key }) => key === metric)!;
