import { expect, test } from 'vitest';
import { compare } from '../../../../src/lab/compare/comparison.ts';
import { comparisonCsv, promptsCsv } from '../../../../src/lab/compare/comparison-csv.ts';
import { comparisonJson } from '../../../../src/lab/compare/comparison-json.ts';
import { comparisonReport } from '../../../../src/lab/compare/comparison-report.ts';
import { readRun } from '../../../../src/lab/compare/compared-run.ts';
import { partOf, report, row, stored } from './stored.ts';

const run = readRun(stored('x', { seed: 3 }, { name: 'my | "first", run', status: 'cancelled' }), [
  row('base', 'gaussian_a', 2),
  row('base', 'poisson_a', 4),
  row('soft', 'gaussian_a', 0.5),
  row('soft', 'poisson_a', 2.5),
  { type: 'step', arm: 'soft', step: 9, steps: 9, loss: 0.25, learningRate: 1 } as never,
  report('soft', 'mcq', { figures: [{ name: 'parse_rate', value: 0.5, low: 0.4, high: 0.6 }] }),
]);
const comparison = compare([partOf(run, 'base'), partOf(run, 'soft')]);

test('CSV has a line per figure, with differences and standings', () => {
  const lines = comparisonCsv(comparison).trimEnd().split('\r\n');
  expect(lines[0]).toBe(
    'column,method,seeds,part,group,figure,value,low,high,difference,difference_low,' +
      'difference_high,prompts,standing',
  );
  expect(lines).toContain('base,none,3,exact,train,kl,3,2,4,,,,2,behind');
  expect(lines).toContain('soft,soft,3,exact,train,kl,1.5,0.5,2.5,-1.5,-1.5,-1.5,2,best');
  expect(lines).toContain('soft,soft,3,training,,steps,9,,,,,,,');
  expect(lines).toContain('base,none,3,training,,steps,,,,,,,,');
  expect(lines).toContain('soft,soft,3,mcq,,parse_rate,0.5,0.4,0.6,,,,,');
  expect(new Set(lines.map((line) => line.split(',').length))).toEqual(new Set([14]));
});

test('CSV of prompts has the rows of every run', () => {
  const lines = promptsCsv(comparison).trimEnd().split('\r\n');
  expect(lines).toHaveLength(5);
  expect(lines[4]).toBe(
    'soft,soft,"my | ""first"", run",x,3,soft,train,poisson,poisson_a,2.5,0.25,0.125,0.975,,,',
  );
});

test('JSON has everything, with nulls for what does not exist', () => {
  const json = JSON.parse(comparisonJson(comparison));
  expect(json.columns.map((column: { label: string }) => column.label)).toEqual(['base', 'soft']);
  expect(json.columns[1].runs[0]).toMatchObject({ id: 'x', seed: 3, loss: [[9, 0.25]] });
  expect(json.columns[1].effort).toMatchObject({ steps: 9, promptTokens: null });
  expect(json.compared_with).toBe('base');
  expect(json.exact[0].scores.kl[1]).toMatchObject({ mean: { value: 1.5 }, standing: 'best' });
  expect(json.exact[0].family_kl).toContainEqual({ family: 'poisson', values: [4, 2.5], best: 1 });
  expect(json.notes).toEqual([
    {
      run: 'my | "first", run',
      note: 'It was cancelled: what it had measured until then is compared.',
    },
    { run: 'my | "first", run', note: 'Its arm hard has no exact scores.' },
  ]);
});

test('the report marks the best, states differences and stays a table', () => {
  const text = comparisonReport(comparison);
  expect(text).toContain(
    '- On trained prompts, soft (1.5) has the lowest KL: clearly lower than base (3)',
  );
  expect(text).toContain('> my \\| "first", run: It was cancelled');
  expect(text).toMatch(/\| soft \| 2 \| \*\*1\.5\*\* \[0\.5, 2\.5\] \| -1\.5 \[-1\.5, -1\.5\] \|/);
  expect(text).toContain('| Position of the right answer | parse rate | – | 0.5 [0.4, 0.6] |');
  expect(text).toContain('| arm.paths | – | 16 |');
  expect(text).toContain('| base | my \\| "first", run | none | 3 | – |');
  expect(text).toContain('- data.families: paper');
  const tables = text.split('\n').filter((line) => line.startsWith('|'));
  expect(tables.length).toBeGreaterThan(10);
});

test('names cannot break the tables of the report', () => {
  const other = readRun(stored('y', {}, { name: 'a | b\nc' }), [row('soft', 'gaussian_a', 1)]);
  const text = comparisonReport(compare([partOf(run, 'soft'), partOf(other, 'soft')]));
  expect(text).toContain('| soft · a \\| b c |');
});
