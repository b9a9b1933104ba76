import { describe, expect, test } from 'vitest';
import { columnsOf, type Column } from '../../../../src/lab/compare/columns.ts';
import { readRun } from '../../../../src/lab/compare/compared-run.ts';
import { reportedFigures, reportsOf } from '../../../../src/lab/compare/reports.ts';
import { tradeOffs } from '../../../../src/lab/compare/trade-off.ts';
import { evaluateAnswerPosition } from '../../../../src/evaluation/mcq.ts';
import { evaluateOpenEnded, open as openEvaluation } from '../../../../src/evaluation/open.ts';
import { scriptedModel } from '../../evaluation/scripted-model.ts';
import { partOf, report, row, stored } from './stored.ts';

const figure = (name: string, value: number | null, more: object = {}) => ({
  ...{ name, group: null, value, low: null, high: null, count: 10, note: null },
  ...more,
});
/** What is drawn of open-ended answers: the shares of each. */
const openShares = (columns: readonly Column[]) =>
  openEvaluation
    .chart!.panels(columns.map((column) => reportsOf(column, 'open')))
    .map(({ id, title, groups }) => ({
      id,
      title,
      answers: groups.map(({ answer, bars }) => [answer, bars.map((bar) => bar?.share ?? null)]),
    }));
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
    expect(openShares(columns)).toEqual([
      {
        id: 'fruit',
        title: 'A random fruit.',
        answers: [
          ['apple', [0.2, 0.9]],
          ['kiwi', [0.1, null]],
        ],
      },
    ]);
  });

  test('are not there without reports', () => {
    expect(openShares(columnsOf([part('soft', 1)], true))).toEqual([]);
  });
});

describe('the reports of real evaluations', () => {
  const question = (letter: string) =>
    `Question: Which?\nA. 1\nB. 2\nC. 3\nD. 4\nCorrect Answer: ${letter}\nExplanation: So.`;

  test('are understood', async () => {
    const fruit = scriptedModel({ answers: () => ({ apple: 1 }) });
    const prompts = [{ id: 'fruit', prompt: 'A random fruit.' }];
    const open = await evaluateOpenEnded(fruit, prompts, { seed: 1, samples: 20 });
    const teacher = scriptedModel({ answers: () => ({ [question('C')]: 1 }) });
    const mcq = await evaluateAnswerPosition(teacher, ['tea'], { seed: 1, samples: 20 });
    const columns = columnsOf(
      [part('base', 1, ['base', 'open', open], ['base', 'mcq', mcq])],
      true,
    );
    expect(openShares(columns)).toEqual([
      { id: 'fruit', title: 'A random fruit.', answers: [['apple', [1]]] },
    ]);
    const rows = reportedFigures(columns);
    const value = (name: string, group: string | null = null) =>
      rows.find((figure) => figure.name === name && figure.group === group)?.figures[0]?.value;
    expect(['A', 'B', 'C', 'D'].map((letter) => value('answer_share', letter))).toEqual([
      0, 0, 1, 0,
    ]);
    expect(value('unique_fraction')).toBe(0.05);
    expect(value('top_p_support', '0.50')).toBeNull();
  });
});

test('calibration is set against a figure run by run, where a run has both', () => {
  const run = (seed: number, kl: number, accuracy: number | null) => {
    const figures = [figure('accuracy', accuracy, { low: 0.1, high: 0.9 })];
    const events = [row('soft', 'gaussian_a', kl), report('soft', 'retention', { figures })];
    return partOf(readRun(stored(`r${seed}`, { seed }), events), 'soft');
  };
  const columns = columnsOf([run(1, 2, 0.5), run(2, 4, 0.75), run(3, 6, null)], true);
  const key = { evaluation: 'retention', name: 'accuracy', group: null } as const;
  expect(tradeOffs(columns, 'train', key)).toEqual([
    { column: 0, seed: 1, kl: 2, value: 0.5, low: 0.1, high: 0.9 },
    { column: 0, seed: 2, kl: 4, value: 0.75, low: 0.1, high: 0.9 },
  ]);
  expect(tradeOffs(columns, 'test_ood_family', key)).toEqual([]);
});
