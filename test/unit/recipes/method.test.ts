// The recipe "add a method": one new file and one line in the list, and it is everywhere.
import type * as SvelteServer from 'svelte/server';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ViteDevServer } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Draft } from '../../../src/ui/state/draft.svelte.ts';
import type * as Run from '../cli/run.ts';
import { changedLab } from './changed-lab.ts';

/** The line in the list, with the import that it takes. */
const withLikeliest = (code: string) =>
  `import { likeliest } from '../../test/unit/recipes/likeliest.ts';\n${code.replace(/,\s*\] as const/, ', likeliest] as const')}`;

let server: ViteDevServer;
let folder: string;
beforeAll(async () => {
  server = await changedLab('src/methods/index.ts', withLikeliest);
  folder = await mkdtemp(join(tmpdir(), 'recipe-'));
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

test('it is in the form, with its meaning', async () => {
  const { render } = (await server.ssrLoadModule('svelte/server')) as typeof SvelteServer;
  const panel = await server.ssrLoadModule('/src/ui/panels/ArmsPanel.svelte');
  const state = await server.ssrLoadModule('/src/ui/state/draft.svelte.ts');
  const draft = new (state.Draft as typeof Draft)();
  const html = () =>
    render(panel.default as never, { props: { draft, error: null } as never }).body;
  expect(html()).toContain('likeliest answer');
  draft.settings.arms.push({ name: 'mine', method: 'likeliest' } as never);
  expect(html()).toContain('Learn the likeliest answer and no other.');
});

test("it is in the help, a study's results and report, and the comparison", async () => {
  const { lab, result } = (await server.ssrLoadModule('/test/unit/cli/run.ts')) as typeof Run;
  expect((await lab(['help', 'study'])).output).toMatch(/likeliest\s+Learn the likeliest answer/);
  const config = {
    data: { distribution: { family: 'bernoulli', params: { p: 0.9 } } },
    arms: [{ method: 'none' }, { method: 'likeliest' }],
    training: { steps: 4, batch: 1 },
    evaluation: { splits: ['train'] },
  };
  const study = join(folder, 'study');
  await result(['study', '--config', JSON.stringify(config), '--out', study]);
  const { arms } = JSON.parse(await readFile(join(study, 'results.json'), 'utf8'));
  expect(arms.likeliest.training.steps).toBe(4);
  expect(arms.likeliest.exact).toHaveLength(1);
  const report = await readFile(join(study, 'report.md'), 'utf8');
  expect(report).toContain('| likeliest | likeliest, 1 answer of 1 prompts a step |');

  const compared = join(folder, 'compared');
  await result(['compare', study, '--out', compared]);
  expect(await readFile(join(compared, 'report.md'), 'utf8')).toContain('likeliest');
});

test('a method that is not in the list is refused by the names of those that are', async () => {
  const { lab } = (await server.ssrLoadModule('/test/unit/cli/run.ts')) as typeof Run;
  const config = JSON.stringify({ arms: [{ method: 'likely' }] });
  const { status, errors } = await lab(['study', '--config', config, '--out', folder]);
  expect(status).toBe(2);
  expect(errors).toContain("'verbalised_rejection' or 'likeliest'");
});
