// An evaluation as one would add it: whether a model answers a word with that word.
import * as v from 'valibot';
import { defineEvaluation } from '../../../src/evaluation/evaluation.ts';
import { ownPrompts } from '../../../src/evaluation/prompts.ts';
import { pooledFigures } from '../../../src/evaluation/reported-figures.ts';
import { proportion } from '../../../src/evaluation/report.ts';
import { heard, evaluatedInOrder } from '../../../src/evaluation/run.ts';

const FIGURES = { echo_rate: { unit: 'share', better: 'higher', digits: 2 } } as const;

export const echo = defineEvaluation({
  key: 'echo',
  title: 'Echo',
  note: 'Whether it answers a word with that word.',
  measures: 'answers',
  settings: { echo: v.optional(v.boolean('true or false'), false) },
  data: {
    words: ownPrompts({
      noun: 'words',
      format: 'A JSON list.',
      help: 'words to echo: a JSON list',
    }),
  },
  figures: FIGURES,
  chart: {
    file: 'echoes',
    note: 'Of all answers.',
    panels(columns) {
      const bars = columns.map((reports) => {
        const value = pooledFigures(reports, FIGURES)[0]?.value ?? null;
        return value === null ? null : { share: value, low: null, high: null };
      });
      if (bars.every((bar) => bar === null)) return [];
      const groups = [{ answer: 'the word', bars }];
      return [{ id: 'echo', title: 'Echo', label: 'Shares of echoes', groups, expected: 1 }];
    },
  },
  plan: ({ data }) => data.words ?? [{ id: 'pear', prompt: 'pear' }],
  cost: (words) => ({ words: `${words.length} words to echo`, calls: words.length }),
  async run(model, words, run) {
    const rows = await evaluatedInOrder(words, run, async ({ id, prompt }) => {
      const options = { seed: run.seed, maxTokens: 4, ...heard(run) };
      const answers = await model.sample(prompt, 5, options);
      return { id, echoes: answers.get(prompt) ?? 0 };
    });
    const echoes = rows.reduce((sum, row) => sum + row.echoes, 0);
    return {
      evaluation: 'echo',
      settings: { answers: 5, seed: run.seed },
      figures: [proportion('echo_rate', echoes, 5 * words.length)],
      rows,
    };
  },
});
