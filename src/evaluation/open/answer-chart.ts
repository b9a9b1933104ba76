// The most frequent answers to each open-ended prompt, side by side.
import { isObject } from '../../core/is-object.ts';
import type { ChartReports, ShareChart } from '../chart.ts';

interface Tally {
  readonly prompt: string;
  samples: number;
  readonly counts: Map<string, number>;
}

/** Answers drawn for a prompt at most. */
const MOST = 12;

export const answerChart: ShareChart = {
  file: 'open-answers',
  choosing: 'Open-ended prompt to look at',
  note:
    'The most frequent answers of each arm; an arm without a bar gives the answer less often ' +
    'than the ones it lists, or never.',
  /** One for each prompt; samples of several seeds are pooled. */
  panels(columns) {
    const perColumn = columns.map(talliesOf);
    const ids = new Set(perColumn.flatMap((tallies) => [...tallies.keys()]));
    return [...ids].map((id) => {
      const tallies = perColumn.map((ofColumn) => ofColumn.get(id));
      const title = tallies.find((tally) => tally)?.prompt ?? '';
      const label = `Shares of the most frequent answers to “${title}”`;
      return { id, title, label, groups: groupsOf(tallies), expected: null };
    });
  },
};

/** The answers that are among the most frequent of any column, most frequent first. */
function groupsOf(tallies: readonly (Tally | undefined)[]) {
  const texts = new Set(tallies.flatMap((tally) => [...(tally?.counts.keys() ?? [])]));
  const shares = [...texts].map((answer) => ({
    answer: answer === '' ? '(nothing)' : answer,
    bars: tallies.map((tally) => shareOf(tally, answer)),
  }));
  const highest = ({ bars }: (typeof shares)[number]) =>
    Math.max(...bars.map((bar) => bar?.share ?? 0));
  return shares.sort((a, b) => highest(b) - highest(a)).slice(0, MOST);
}

/** Of all samples; null where the answer is not among those that the column lists. */
function shareOf(tally: Tally | undefined, answer: string) {
  const count = tally?.counts.get(answer);
  if (tally === undefined || count === undefined || tally.samples === 0) return null;
  return { share: count / tally.samples, low: null, high: null };
}

function talliesOf(reports: ChartReports): Map<string, Tally> {
  const tallies = new Map<string, Tally>();
  for (const { rows } of reports) {
    if (!Array.isArray(rows)) continue;
    for (const row of rows.filter(isObject)) {
      const { id, prompt, samples, top_answers } = row;
      if (typeof id !== 'string' || typeof samples !== 'number') continue;
      if (!Array.isArray(top_answers)) continue;
      const text = typeof prompt === 'string' ? prompt : id;
      const tally = tallies.get(id) ?? { prompt: text, samples: 0, counts: new Map() };
      tally.samples += samples;
      for (const { answer, count } of top_answers.filter(isObject)) {
        if (typeof answer !== 'string' || typeof count !== 'number') continue;
        tally.counts.set(answer, (tally.counts.get(answer) ?? 0) + count);
      }
      tallies.set(id, tally);
    }
  }
  return tallies;
}
