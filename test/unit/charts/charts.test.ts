// Figures drawn without a page: what stands in the files, and that it stays as it is.
import { expect, test } from 'vitest';
import { drawChart } from '../../../cli/draw-chart.ts';
import { answersChart } from '../../../src/charts/answers-chart.ts';
import { tableCsv } from '../../../src/charts/chart-table.ts';
import { type ComparisonChart, onlyChoice } from '../../../src/charts/comparison-chart.ts';
import { reportCharts } from '../../../src/charts/comparison-charts.ts';
import { compare } from '../../../src/lab/compare/comparison.ts';
import { readRun } from '../../../src/lab/compare/compared-run.ts';
import type { StudyEvent } from '../../../src/lab/events.ts';
import { partOf, report, row, stored } from '../lab/compare/stored.ts';

const step = (arm: string, at: number, loss: number): StudyEvent => ({
  ...{ type: 'step', arm, step: at, steps: 20, loss, learningRate: 1, secondsLeft: null },
  ...{ answerTokens: 9, promptTokens: 9, seconds: 1 },
});
const answers = (arm: string, probabilities: number[]): StudyEvent => ({
  ...{ type: 'snapshot', arm, id: 'bernoulli_a', step: 20, probabilities },
  invalidMass: 1 - probabilities[0]! - probabilities[1]!,
});
const open = (counts: Record<string, number>) => ({
  figures: [],
  rows: [
    {
      ...{ id: 'fruit', prompt: 'Name a <random> fruit & say it.', samples: 10 },
      top_answers: Object.entries(counts).map(([answer, count]) => ({ answer, count })),
    },
  ],
});
const letters = (shares: number[]) => ({
  figures: shares.map((value, i) => ({ name: 'answer_share', group: 'ABCD'[i], value })),
});
const run = readRun(stored('x', { arms: [{ method: 'none' }, { method: 'soft' }] }), [
  {
    ...{ type: 'target', id: 'bernoulli_a', split: 'train', family: 'bernoulli', kind: 'discrete' },
    prompt:
      'Generate exactly ONE random number from a Bernoulli distribution with parameters p=0.25. ' +
      'Output ONLY the number.',
    values: ['0', '1'],
    probabilities: [0.75, 0.25],
  },
  row('base', 'bernoulli_a', 2, { kl_by_depth: [1.5, 0.5] }),
  row('soft', 'bernoulli_a', 0.5, { kl_by_depth: [0.5, 0] }),
  answers('base', [0.1, 0.8]),
  answers('soft', [0.7, 0.2]),
  step('soft', 10, 0.75),
  step('soft', 20, 0.25),
  report('base', 'open', open({ apple: 9, kiwi: 1 })),
  report('soft', 'open', open({ apple: 5, kiwi: 5 })),
  report('base', 'mcq', letters([0, 0, 1, 0])),
  report('soft', 'mcq', letters([0.25, 0.25, 0.25, 0.25])),
  report('base', 'retention', { figures: [{ name: 'accuracy', value: 0.9, low: 0.8, high: 1 }] }),
  report('soft', 'retention', { figures: [{ name: 'accuracy', value: 0.8, low: 0.7, high: 0.9 }] }),
]);
const charts = reportCharts(compare([partOf(run, 'base'), partOf(run, 'soft')]));

test('there is one for everything that was measured', () => {
  expect(charts.map(({ place, file, label }) => `${place}: ${file}: ${label}`)).toEqual([
    'train: answers-train: Shares of the answers to one prompt per family, trained prompts, over ' +
      'their targets; base 65 % away on average; soft 10 % away on average',
    'train: kl-by-family-train: KL by family, trained prompts; base from 2 to 2; soft from 0.5 to 0.5',
    'train: kl-by-position-train: KL by depth in the trie, trained prompts; base loses most at token ' +
      'of the answer 1, 1.5 nats; soft loses most at token of the answer 1, 0.5 nats',
    'training: loss: Loss over 20 optimizer steps, soft from 0.75 to 0.25',
    'evaluations: open-answers: Shares of the most frequent answers to “Name a <random> fruit & say ' +
      'it.”; base: apple most often, 90 %; soft: apple most often, 50 %',
    'evaluations: answer-positions: Shares of the letters at which the right answer stands; base: C ' +
      'most often, 100 %; soft: A most often, 25 %',
    'evaluations: trade-off: KL on trained prompts against Retention: accuracy; base at 2 and 0.9; soft at 0.5 ' +
      'and 0.8',
  ]);
});

test('files stand on their own: no variables, no styles, no scripts, text escaped', () => {
  for (const chart of charts) {
    const text = drawChart(chart);
    expect(text).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="\d+" height="\d+"/);
    expect(text).not.toMatch(/var\(|<style|<script|NaN|undefined/);
    expect(text).not.toMatch(/\d\.\d{5,}/);
    expect(text.match(/<svg/g)).toHaveLength(text.match(/<\/svg>/g)!.length);
    expect(drawChart(chart)).toBe(text);
  }
  const open = drawChart(charts.find(({ file }) => file === 'open-answers')!);
  expect(open).toContain('Name a &lt;random&gt; fruit &amp; say it.');
  expect(open).not.toContain('<random>');
});

test('each carries its numbers: named columns, a row for everything drawn, CSV in full precision', () => {
  const csv = Object.fromEntries(charts.map(({ file, table }) => [file, tableCsv(table())]));
  const lines = (...rows: string[]) => rows.map((row) => `${row}\r\n`).join('');
  expect(csv).toEqual({
    'answers-train': lines(
      'prompt,answer,target,base,soft',
      'bernoulli_a,0,0.75,0.1,0.7',
      'bernoulli_a,1,0.25,0.8,0.2',
    ),
    'kl-by-family-train': lines('family,base,soft', 'Bernoulli,2,0.5'),
    'kl-by-position-train': lines('token of the answer,base,soft', '1,1.5,0.5', '2,0.5,0'),
    loss: lines('step,soft', '10,0.75', '20,0.25'),
    'open-answers': lines(
      'prompt,answer,base,soft',
      'Name a <random> fruit & say it.,apple,0.9,0.5',
      'Name a <random> fruit & say it.,kiwi,0.1,0.5',
    ),
    'answer-positions': lines('answer,base,soft', 'A,0,0.25', 'B,0,0.25', 'C,1,0.25', 'D,0,0.25'),
    'trade-off': lines('arm,KL,accuracy', 'base,2,0.9', 'soft,0.5,0.8'),
  });
});

test('a chart of its own is one description and one line of the list', () => {
  const seconds: ComparisonChart = {
    key: 'seconds',
    place: 'training',
    choices: ({ columns, series }) =>
      onlyChoice({
        ...{ file: 'seconds', title: 'Seconds', label: 'Seconds of training', legend: series },
        height: () => 10,
        table: () => ({
          columns: ['arm', 'seconds'],
          rows: columns.map(({ label, parts }) => [
            label,
            parts[0]!.arm.results.training?.seconds ?? null,
          ]),
        }),
        draw: (Plot) => Plot.plot({ height: 10, marks: [] }),
      }),
  };
  const [chart] = reportCharts(compare([partOf(run, 'soft')]), [seconds]);
  expect(chart).toMatchObject({ file: 'seconds', place: 'training' });
  expect(tableCsv(chart!.table())).toBe('arm,seconds\r\nsoft,1\r\n');
  expect(drawChart(chart!)).toContain('<title>Seconds of training</title>');
});

test('bars are as long as their shares', () => {
  const text = drawChart(charts.find(({ file }) => file === 'answer-positions')!);
  const widths = (color: string) =>
    [...text.matchAll(new RegExp(`<rect fill="${color}"[^>]* width="([\\d.]+)"`, 'g'))].map(
      (match) => Number(match[1]),
    );
  const [base, soft] = [widths('#a94a0a'), widths('#1a62b5')];
  const whole = base[2]!;
  expect(whole).toBeGreaterThan(100);
  expect(base).toEqual([0, 0, whole, 0]);
  expect(soft).toEqual(Array(4).fill(whole / 4));
});

test.each(['answers-train', 'loss', 'answer-positions', 'trade-off'])(
  '%s looks as it did',
  (file) => {
    const chart = charts.find((candidate) => candidate.file === file)!;
    expect(drawChart(chart).replace(/></g, '>\n<')).toMatchSnapshot();
  },
);

test('P10: every bar that is cut at the top has a mark over it', () => {
  const values = Array.from({ length: 40 }, (_, i) => String(i));
  const shown = {
    kind: 'discrete',
    values,
    target: values.map(() => 1 / 40),
    arms: [
      {
        ...{ name: 'base', color: 'red', dash: 'none', invalidMass: 0, step: 0 },
        probabilities: values.map((_, i) => (i === 7 ? 0.6 : i === 9 || i === 30 ? 0.2 : 0)),
      },
    ],
  } as const;
  for (const mode of ['overlaid', 'separate'] as const) {
    const texts = drawChart(answersChart(shown, 'Uniform', mode)).match(/↑[^<]*/g) ?? [];
    expect(texts.sort(), mode).toEqual(['↑', '↑', '↑ 7: 60 %']);
  }
});
