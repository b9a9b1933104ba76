// The recipe "add an evaluation": one new file and one line in the list, and it is everywhere.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type * as DraftState from '../../../src/ui/state/draft.svelte.ts';
import { followed } from './recipe.ts';

const { load, html, lab, result, at } = followed({
  list: 'src/evaluation/index.ts',
  file: 'echo.ts',
  name: 'echo',
  after: '[samples,',
});

test('it is in the form, with its meaning, its cost and its files', async () => {
  const { Draft } = await load<typeof DraftState>('/src/ui/state/draft.svelte.ts');
  const draft = new Draft();
  const panel = () => html('/src/ui/panels/EvaluationPanel.svelte', { draft, error: null });
  const form = await panel();
  expect(form).toMatch(/<strong[^>]*>Echo<\/strong>/);
  expect(form).toContain('Whether it answers a word with that word.');
  expect(form).toContain('1 words to echo');
  expect(form).not.toContain('Own words');
  Object.assign(draft.settings.evaluation, { echo: true });
  expect(await panel()).toContain('Own words');
});

test("it is in the help, a study's results and report, and the comparison", async () => {
  const help = await lab(['help', 'study']);
  expect(help.output).toMatch(/--words FILE,FILE…\s+words to echo: a JSON list \(\.gz, too\)/);

  await writeFile(at('words.json'), JSON.stringify(['plum', 'fig', 'date']));
  const config = {
    data: { families: ['bernoulli'], include_held_out: true, prompts_per_family: 1 },
    arms: [{ method: 'none' }, { method: 'temperature', temperature: 2 }],
    evaluation: { splits: ['train'], echo: true },
  };
  const [study, compared] = [at('study'), at('compared')];
  const line = ['study', '--config', JSON.stringify(config), '--out', study];
  await result([...line, '--words', at('words.json')]);
  const { arms } = JSON.parse(await readFile(join(study, 'results.json'), 'utf8'));
  expect(arms.base.echo.rows.map(({ id }: { id: string }) => id)).toEqual(['1', '2', '3']);
  const rate: number = arms.base.echo.figures[0].value;
  const shown = String(Number(rate.toPrecision(2)));
  const report = await readFile(join(study, 'report.md'), 'utf8');
  expect(report).toContain('## Echo\n\nanswers 5, seed 11.');
  expect(report).toContain(`| echo rate | ${shown}`);

  await result(['compare', study, '--out', compared]);
  const read = (name: string) => readFile(join(compared, name), 'utf8');
  expect(await read('report.md')).toContain(`| Echo | echo rate | ${shown}`);
  expect(await read('report.md')).toContain('](figures/echoes.svg)');
  expect(await read('figures/echoes.svg')).toContain('<svg');
});
