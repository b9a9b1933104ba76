// The recipe "add a family": one new file and one line in the list, and it is everywhere.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type * as Experiments from '../../../src/lab/experiment/experiment.ts';
import type * as Prompts from '../../../src/lab/plan/study-prompts.ts';
import type * as DraftState from '../../../src/ui/state/draft.svelte.ts';
import { followed } from './recipe.ts';

const { load, html, lab, result, at } = followed({
  list: 'src/core/distributions/families.ts',
  file: 'arcsine.ts',
  after: "import './families/truncnorm.ts';",
});
const ARCSINE = ['--family', 'arcsine', '--params', 'a=0,b=1'];

test('it is in the form: among the families, and with its parameters and convention', async () => {
  const { Draft } = await load<typeof DraftState>('/src/ui/state/draft.svelte.ts');
  const draft = new Draft();
  const families = await html('/src/ui/panels/FamiliesEditor.svelte', { draft, error: null });
  expect(families).toContain('Arcsine');
  Object.assign(draft.distribution, { family: 'arcsine', params: { a: 0, b: 1 } });
  const editor = await html('/src/ui/panels/DistributionEditor.svelte', { draft, error: null });
  expect(editor).toContain('Where a pendulum is found between a and b.');
  expect(editor).toContain('upper end');
});

test('it is in the help, and every command knows its mathematics', async () => {
  expect((await lab(['help', 'distribution'])).output).toMatch(
    /arcsine \(a, b\) +where a pendulum/,
  );
  expect(await result(['distribution', ...ARCSINE, '--quantiles', '0.25'])).toMatchObject({
    ppf: [expect.closeTo(0.1464466, 6)],
    mean: 0.5,
  });
  const { values } = await result<{ values: string[] }>(['targets', ...ARCSINE]);
  expect([values[0], values.at(-1)]).toEqual(['0.01', '0.99']);
  const { errors } = await lab(['distribution', '--family', 'arcsine', '--params', 'a=1,b=0']);
  expect(errors).toContain('a must be below b');
});

test("it is in a study's results and report, and the comparison", async () => {
  const config = {
    data: { families: ['uniform', 'arcsine'], prompts_per_family: 1 },
    arms: [{ method: 'none' }],
    evaluation: { splits: ['train', 'test_unseen_params'] },
  };
  const [study, compared] = [at('study'), at('compared')];
  await result(['study', '--config', JSON.stringify(config), '--out', study]);
  const { arms } = JSON.parse(await readFile(join(study, 'results.json'), 'utf8'));
  const rows = arms.base.exact as { split: string; family: string }[];
  expect(rows.filter(({ family }) => family === 'arcsine').map(({ split }) => split)).toEqual([
    'train',
    'test_unseen_params',
  ]);
  expect(arms.base.summary.train.families).toBe(2);
  expect(await readFile(join(study, 'figures/kl-by-family-train.csv'), 'utf8')).toContain(
    'Arcsine,',
  );
  await result(['compare', study, '--out', compared]);
  expect(await readFile(join(compared, 'figures/kl-by-family-train.svg'), 'utf8')).toContain(
    'Arcsine',
  );
});

test('it is trained on where it is asked for, and what the paper trains on stays what it was', async () => {
  const { resolveExperiment } = await load<typeof Experiments>('/src/lab/experiment/experiment.ts');
  const { studyPrompts } = await load<typeof Prompts>('/src/lab/plan/study-prompts.ts');
  const { training, evaluation } = studyPrompts(
    resolveExperiment({
      data: { families: ['arcsine'], prompts_per_family: 4 },
      evaluation: { splits: ['train', 'test_unseen_params'] },
    }),
  );
  expect(training.map(({ family }) => family)).toEqual(Array(4).fill('arcsine'));
  expect(training[0]!.text).toContain('from a Arcsine distribution with parameters a=');
  expect(evaluation.map(({ split }) => split)).toEqual(['train', 'test_unseen_params']);
  const usual = studyPrompts(resolveExperiment({})).training;
  expect(usual.some(({ family }) => family === 'arcsine')).toBe(false);
});
