// The recipe "add a chart": one new file and one line in the list, and it is everywhere.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type * as Columns from '../../../src/charts/looks.ts';
import type * as Comparing from '../../../src/lab/compare/comparison.ts';
import type * as Results from '../../../src/lab/compare/compared-results.ts';
import type * as Schema from '../../../src/lab/compare/results-schema.ts';
import { recordedJson } from '../../golden/runs/runs.ts';
import { followed } from './recipe.ts';

const { load, html, result, at } = followed({
  list: 'src/charts/comparison-charts.ts',
  file: 'valid-by-split.ts',
  name: 'validBySplit',
  after: '...EVALUATIONS.flatMap(evaluationCharts),',
});

test('it is on the page of comparisons', async () => {
  const { readResults } = await load<typeof Schema>('/src/lab/compare/results-schema.ts');
  const { comparedResults } = await load<typeof Results>('/src/lab/compare/compared-results.ts');
  const { compare } = await load<typeof Comparing>('/src/lab/compare/comparison.ts');
  const { looksOfColumns } = await load<typeof Columns>('/src/charts/looks.ts');
  const file = recordedJson('finished', 'results.json');
  const run = comparedResults(readResults(file, 'results.json'), null, { id: 'a', name: 'a' });
  const comparison = compare(run.arms.map((arm) => ({ run, arm })));
  const looks = looksOfColumns(comparison.columns);
  const page = await html('/src/ui/compare/ComparedCharts.svelte', { comparison, looks });
  expect(page).toMatch(/<section[^>]*aria-label="Valid mass"/);
});

test("it is in a study's report and in that of a comparison, with its numbers", async () => {
  const config = {
    data: { families: ['bernoulli'], include_held_out: true, prompts_per_family: 1 },
    arms: [{ method: 'none' }],
    evaluation: { splits: ['train'] },
  };
  const [study, compared] = [at('study'), at('compared')];
  await result(['study', '--config', JSON.stringify(config), '--out', study]);
  await result(['compare', study, '--out', compared]);
  const { arms } = JSON.parse(await readFile(join(study, 'results.json'), 'utf8'));
  const mass = String(arms.base.summary.train.valid_mass);
  for (const folder of [study, compared]) {
    const read = (name: string) => readFile(join(folder, name), 'utf8');
    expect(await read('report.md')).toContain('](figures/valid-mass-train.svg)');
    expect(await read('figures/valid-mass-train.svg')).toContain('<svg');
    expect(await read('figures/valid-mass-train.csv')).toContain(`,${mass}`);
  }
});
