// The recipe "add a method": one new file and one line in the list, and it is everywhere.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type * as DraftState from '../../../src/ui/state/draft.svelte.ts';
import { followed } from './recipe.ts';

const { load, html, lab, result, at } = followed({
  list: 'src/methods/index.ts',
  file: 'likeliest.ts',
  name: 'likeliest',
  after: 'verbalisedRejection,',
});

test('it is in the form, with its meaning', async () => {
  const { Draft } = await load<typeof DraftState>('/src/ui/state/draft.svelte.ts');
  const draft = new Draft();
  const panel = () => html('/src/ui/panels/ArmsPanel.svelte', { draft, error: null });
  expect(await panel()).toContain('likeliest answer');
  draft.settings.arms.push({ name: 'mine', method: 'likeliest' } as never);
  expect(await panel()).toContain('Learn the likeliest answer and no other.');
});

test("it is in the help, a study's results and report, and the comparison", async () => {
  expect((await lab(['help', 'study'])).output).toMatch(/likeliest\s+Learn the likeliest answer/);
  const config = {
    data: { distribution: { family: 'bernoulli', params: { p: 0.9 } } },
    arms: [{ method: 'none' }, { method: 'likeliest' }],
    training: { steps: 4, batch: 1 },
    evaluation: { splits: ['train'] },
  };
  const [study, compared] = [at('study'), at('compared')];
  await result(['study', '--config', JSON.stringify(config), '--out', study]);
  const { arms } = JSON.parse(await readFile(join(study, 'results.json'), 'utf8'));
  expect(arms.likeliest.training.steps).toBe(4);
  expect(arms.likeliest.exact).toHaveLength(1);
  const report = await readFile(join(study, 'report.md'), 'utf8');
  expect(report).toContain('| likeliest | likeliest, 1 answer of 1 prompts a step |');

  await result(['compare', study, '--out', compared]);
  expect(await readFile(join(compared, 'report.md'), 'utf8')).toContain('likeliest');
});

test('a method that is not in the list is refused by the names of those that are', async () => {
  const config = JSON.stringify({ arms: [{ method: 'likely' }] });
  const { status, errors } = await lab(['study', '--config', config, '--out', at('other')]);
  expect(status).toBe(2);
  expect(errors).toContain("'verbalised_rejection' or 'likeliest'");
});
