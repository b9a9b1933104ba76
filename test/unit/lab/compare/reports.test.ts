import { describe, expect, test } from 'vitest';
import { columnsOf } from '../../../../src/lab/compare/columns.ts';
import { readRun } from '../../../../src/lab/compare/compared-run.ts';
import { openPrompts } from '../../../../src/lab/compare/open-answers.ts';
import { reportedFigures } from '../../../../src/lab/compare/reports.ts';
import { partOf, report, stored } from './stored.ts';

const figure = (name: string, value: number | null, more: object = {}) => ({
  ...{ name, group: null, value, low: null, high: null, count: 10, note: null },
  ...more,
});
const part = (arm: string, seed: number, ...reports: Parameters<typeof report>[]) => {
  const events = reports.map((of) => report(...of));
  return partOf(readRun(stored(`r${seed}`, { seed }), events), arm);
};

describe('figures of further evaluations', () => {
  test('stand side by side by name and group, those without a value with their reason', () => {
    const columns = columnsOf(
      [
        part('base', 1, [
          'base',
          'mcq',
          { figures: [figure('answer_share', 0.9, { group: 'A' })] },
        ]),
        part('soft', 1, [
          'soft',
          'mcq',
          {
            figures: [
              figure('answer_share', 0.3, { group: 'A', low: 0.2, high: 0.4 }),
              figure('total_variation', null, { note: 'no question could be parsed' }),
            ],
          },
        ]),
      ],
      true,
    );
    expect(reportedFigures(columns)).toEqual([
      {
        evaluation: 'mcq',
        name: 'answer_share',
        group: 'A',
        figures: [
          { value: 0.9, low: null, high: null, note: null },
          { value: 0.3, low: 0.2, high: 0.4, note: null },
        ],
      },
      {
        evaluation: 'mcq',
        name: 'total_variation',
        group: null,
        figures: [
          null,
          { value: null, low: null, high: null, note: 'no question could be parsed' },
        ],
      },
    ]);
  });

  test('are the mean over joined seeds, with the least and the most of them', () => {
    const accuracy = (seed: number, value: number | null) =>
      part('soft', seed, ['soft', 'retention', { figures: [figure('accuracy', value)] }]);
    const column = columnsOf([accuracy(1, 0.5), accuracy(2, 0.75), accuracy(3, null)], true);
    expect(reportedFigures(column)[0]!.figures).toEqual([
      { value: 0.625, low: 0.5, high: 0.75, note: null },
    ]);
  });

  test('are taken from plain reports, too, and never from what is no report', () => {
    const columns = columnsOf(
      [
        part(
          'soft',
          1,
          ['soft', 'perplexity', { bits_per_byte: 1.5, text: 'own' }],
          ['soft', 'open', ['not', 'a', 'report']],
          ['soft', 'novelty', { figures: [null, 3, { name: 7 }, { name: 'x', value: 'y' }] }],
        ),
      ],
      true,
    );
    expect(reportedFigures(columns).map(({ name, figures }) => [name, figures[0]?.value])).toEqual([
      ['x', null],
      ['bits_per_byte', 1.5],
    ]);
  });
});

describe('open-ended answers', () => {
  const open = (arm: string, seed: number, samples: number, top: Record<string, number>) =>
    part(arm, seed, [
      arm,
      'open',
      {
        rows: [
          {
            ...{ id: 'fruit', prompt: 'A random fruit.', samples },
            top_answers: Object.entries(top).map(([answer, count]) => ({ answer, count })),
          },
          { id: 'broken' },
          null,
        ],
      },
    ]);

  test('are shares of all samples, pooled over seeds, most frequent first', () => {
    const columns = columnsOf(
      [
        open('soft', 1, 100, { apple: 10, kiwi: 20 }),
        open('soft', 2, 100, { apple: 30 }),
        open('base', 1, 50, { apple: 45 }),
      ],
      true,
    );
    expect(openPrompts(columns)).toEqual([
      {
        id: 'fruit',
        prompt: 'A random fruit.',
        answers: [
          { answer: 'apple', shares: [0.2, 0.9] },
          { answer: 'kiwi', shares: [0.1, null] },
        ],
      },
    ]);
    expect(openPrompts(columns, 1)[0]!.answers).toHaveLength(1);
  });

  test('are not there without reports', () => {
    expect(openPrompts(columnsOf([part('soft', 1)], true))).toEqual([]);
  });
});
