// Shares of a few answers: of open-ended ones, and of the letters at which right answers stand.
import type { OpenPrompt } from '../../lab/compare/open-answers.ts';
import type { ReportedRow } from '../../lab/compare/reports.ts';
import { percent } from '../numbers.ts';
import type { Series } from '../series.ts';
import { shareChart, type ShareGroup } from '../share-chart.ts';
import { type Figure, sayings } from './figure.ts';

export interface ShareFigure extends Figure {
  readonly groups: readonly ShareGroup[];
}

/** How often each column gives which answer to an open-ended prompt. */
export function openFigure({ prompt, answers }: OpenPrompt, series: readonly Series[]) {
  const groups = answers.map(({ answer, shares }) => ({
    answer: answer === '' ? '(nothing)' : answer,
    bars: shares.map((share) => (share === null ? null : { share, low: null, high: null })),
  }));
  const words = { title: prompt, label: `Shares of the most frequent answers to “${prompt}”` };
  return shareFigure({ ...words, file: 'open-answers' }, groups, series);
}

/** Of multiple-choice questions: the rows named `answer_share`, one for each letter. */
export function letterFigure(reported: readonly ReportedRow[], series: readonly Series[]) {
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
    title: 'Position of the right answer',
    label: 'Shares of the letters at which the right answer stands',
  };
  return shareFigure({ ...words, file: 'answer-positions' }, groups, series, 1 / groups.length);
}

/** @param expected a share to be marked, such as that of an even choice */
function shareFigure(
  words: Pick<Figure, 'file' | 'title' | 'label'>,
  groups: readonly ShareGroup[],
  series: readonly Series[],
  expected: number | null = null,
): ShareFigure {
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
    groups,
    label: sayings([words.label, ...favourites]),
    legend: series,
    draw: (Plot, width) => shareChart(Plot, groups, series, width, expected),
  };
}
