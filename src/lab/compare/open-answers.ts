// The most frequent answers to open-ended prompts, side by side.
import type { Column } from './columns.ts';
import { isObject } from '../results/reported-figures.ts';
import { reportsOf } from './reports.ts';

export interface OpenPrompt {
  readonly id: string;
  readonly prompt: string;
  /** The answers that are among the most frequent of any column, most frequent first. */
  readonly answers: readonly OpenAnswer[];
}

export interface OpenAnswer {
  readonly answer: string;
  /** [columns] of all samples; null where it is not among the listed answers of the column. */
  readonly shares: readonly (number | null)[];
}

interface Tally {
  readonly prompt: string;
  samples: number;
  readonly counts: Map<string, number>;
}

/** Samples of several seeds are pooled. @param most answers per prompt */
export function openPrompts(columns: readonly Column[], most = 12): OpenPrompt[] {
  const perColumn = columns.map(talliesOf);
  const ids = new Set(perColumn.flatMap((tallies) => [...tallies.keys()]));
  return [...ids].map((id) => {
    const tallies = perColumn.map((ofColumn) => ofColumn.get(id));
    const texts = new Set(tallies.flatMap((tally) => [...(tally?.counts.keys() ?? [])]));
    const answers = [...texts].map((answer) => ({
      answer,
      shares: tallies.map((tally) => shareOf(tally, answer)),
    }));
    const highest = ({ shares }: OpenAnswer) => Math.max(...shares.map((share) => share ?? 0));
    answers.sort((a, b) => highest(b) - highest(a));
    const prompt = tallies.find((tally) => tally)?.prompt ?? '';
    return { id, prompt, answers: answers.slice(0, most) };
  });
}

function shareOf(tally: Tally | undefined, answer: string): number | null {
  const count = tally?.counts.get(answer);
  return tally === undefined || count === undefined || tally.samples === 0
    ? null
    : count / tally.samples;
}

function talliesOf(column: Column): Map<string, Tally> {
  const tallies = new Map<string, Tally>();
  for (const { rows } of reportsOf(column, 'open')) {
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
