// Shares of a few answers: a group of bars per answer, a bar per series.
import type { OpenPrompt } from '../lab/compare/open-answers.ts';
import type { ReportedRow } from '../lab/compare/reports.ts';
import { type Chart, sayings } from './chart.ts';
import { percent } from './numbers.ts';
import type { PlotModule } from './plot.ts';
import type { Series } from './series.ts';

interface ShareGroup {
  readonly answer: string;
  /** [series]; null where it is not known. */
  readonly bars: readonly (ShareBar | null)[];
}

interface ShareBar {
  readonly share: number;
  readonly low: number | null;
  readonly high: number | null;
}

const BAR = 11;
const GAP = 8;

const heightOf = (groups: readonly ShareGroup[], series: readonly Series[]) =>
  groups.length * (series.length * BAR + GAP) + 40;

/** How often each column gives which answer to an open-ended prompt. */
export function openChart({ prompt, answers }: OpenPrompt, series: readonly Series[]) {
  const groups = answers.map(({ answer, shares }) => ({
    answer: answer === '' ? '(nothing)' : answer,
    bars: shares.map((share) => (share === null ? null : { share, low: null, high: null })),
  }));
  const words = {
    file: 'open-answers',
    title: prompt,
    label: `Shares of the most frequent answers to “${prompt}”`,
    note:
      'The most frequent answers of each arm; an arm without a bar gives the answer less often ' +
      'than the ones it lists, or never.',
  };
  return shareChart(words, groups, series);
}

/** Of multiple-choice questions: the rows named `answer_share`, one for each letter. */
export function letterChart(reported: readonly ReportedRow[], series: readonly Series[]) {
  const groups = reported
    .filter(({ evaluation, name }) => evaluation === 'mcq' && name === 'answer_share')
    .map(({ group, figures }) => ({
      answer: group ?? '?',
      bars: figures.map((figure) =>
        figure && figure.value !== null ? { ...figure, share: figure.value } : null,
      ),
    }));
  if (groups.every(({ bars }) => bars.every((bar) => bar === null))) return null;
  const words = {
    file: 'answer-positions',
    title: 'Position of the right answer',
    label: 'Shares of the letters at which the right answer stands',
    note:
      'Of multiple-choice questions that the model writes and that can be parsed. An even choice ' +
      'is the dashed line; whiskers are 95 % intervals, or the range over joined seeds.',
  };
  return shareChart(words, groups, series, 1 / groups.length);
}

/** @param expected a share to be marked, such as that of an even choice */
function shareChart(
  words: Pick<Chart, 'file' | 'title' | 'label' | 'note'>,
  groups: readonly ShareGroup[],
  series: readonly Series[],
  expected: number | null = null,
): Chart {
  const favourites = series.map(({ name }, i) => {
    const known = groups.flatMap(({ answer, bars }) =>
      bars[i] ? [{ answer, share: bars[i].share }] : [],
    );
    if (known.length === 0) return '';
    const top = known.reduce((a, b) => (b.share > a.share ? b : a));
    return `${name}: ${top.answer} most often, ${percent(top.share)}`;
  });
  return {
    ...words,
    label: sayings([words.label, ...favourites]),
    legend: series,
    height: heightOf(groups, series),
    table: () => ({
      columns: ['answer', ...series.map(({ name }) => name)],
      rows: groups.map(({ answer, bars }) => [answer, ...bars.map((bar) => bar?.share ?? null)]),
      words: percent,
    }),
    draw: (Plot, width) => drawShares(Plot, groups, series, width, expected),
  };
}

/** @param expected a share to be marked, such as that of an even choice */
function drawShares(
  Plot: PlotModule,
  groups: readonly ShareGroup[],
  series: readonly Series[],
  width: number,
  expected: number | null,
): Element {
  const longest = Math.max(...groups.map(({ answer }) => answer.length));
  const bars = groups.flatMap(({ answer, bars }) =>
    bars.flatMap((bar, i) => (bar && series[i] ? [{ answer, series: series[i], ...bar }] : [])),
  );
  const most = Math.max(expected ?? 0, ...bars.map(({ share, high }) => high ?? share));
  type Bar = (typeof bars)[number];
  const place = { fy: 'answer', y: ({ series }: Bar) => series.name } as const;
  return Plot.plot({
    width,
    height: heightOf(groups, series),
    marginLeft: Math.min(width * 0.4, 20 + longest * 7),
    marginRight: 16,
    marginTop: 4,
    marginBottom: 32,
    x: {
      label: null,
      grid: true,
      tickSize: 0,
      ticks: 5,
      tickFormat: percent,
      domain: [0, most === 0 ? 1 : Math.min(1, most * 1.08)],
    },
    y: { axis: null, domain: series.map(({ name }) => name), padding: 0.12 },
    fy: { label: null, domain: groups.map(({ answer }) => answer), padding: 0.18 },
    marks: [
      Plot.axisFy({ anchor: 'left', label: null, textAnchor: 'end', dx: -4, fontSize: 12 }),
      Plot.barX(bars, {
        ...place,
        x: 'share',
        fill: ({ series }: Bar) => series.color,
        title: ({ series, answer, share }: Bar) => `${series.name}: ${answer} ${percent(share)}`,
      }),
      Plot.ruleY(
        bars.filter(({ low, high }) => low !== null && high !== null),
        { ...place, x1: 'low', x2: 'high', stroke: 'var(--ink)', strokeWidth: 1.25 },
      ),
      Plot.ruleX([0], { stroke: 'var(--ink-3)' }),
      ...(expected === null
        ? []
        : [Plot.ruleX([expected], { stroke: 'var(--ink)', strokeDasharray: '3 3' })]),
    ],
  });
}
