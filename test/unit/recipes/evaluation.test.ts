// The recipe "add an evaluation": one new file and one line in the list, and it is everywhere.
import type * as SvelteServer from 'svelte/server';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ViteDevServer } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Draft } from '../../../src/ui/state/draft.svelte.ts';
import type * as Run from '../cli/run.ts';
import { changedLab } from './changed-lab.ts';

/** The line in the list, with the import that it takes. */
const withEcho = (code: string) =>
  `import { echo } from '../../test/unit/recipes/echo.ts';\n${code.replace('] as const', ', echo] as const')}`;

let server: ViteDevServer;
let folder: string;
beforeAll(async () => {
  server = await changedLab('src/evaluation/index.ts', withEcho);
  folder = await mkdtemp(join(tmpdir(), 'recipe-'));
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

test('it is in the form, with its meaning, its cost and its files', async () => {
  const { render } = (await server.ssrLoadModule('svelte/server')) as typeof SvelteServer;
  const panel = await server.ssrLoadModule('/src/ui/panels/EvaluationPanel.svelte');
  const state = await server.ssrLoadModule('/src/ui/state/draft.svelte.ts');
  const draft = new (state.Draft as typeof Draft)();
  const html = () =>
    render(panel.default as never, { props: { draft, error: null } as never }).body;
  expect(html()).toMatch(/<strong[^>]*>Echo<\/strong>/);
  expect(html()).toContain('Whether it answers a word with that word.');
  expect(html()).toContain('1 words to echo');
  expect(html()).not.toContain('Own words');
  Object.assign(draft.settings.evaluation, { echo: true });
  expect(html()).toContain('Own words');
});

test("it is in the help, a study's results and report, and the comparison", async () => {
  const { lab, result } = (await server.ssrLoadModule('/test/unit/cli/run.ts')) as typeof Run;
  const help = await lab(['help', 'study']);
  expect(help.output).toMatch(/--words FILE,FILE…\s+words to echo: a JSON list \(\.gz, too\)/);

  const words = join(folder, 'words.json');
  await writeFile(words, JSON.stringify(['plum', 'fig', 'date']));
  const config = {
    data: { families: ['bernoulli'], include_held_out: true, prompts_per_family: 1 },
    arms: [{ method: 'none' }, { method: 'temperature', temperature: 2 }],
    evaluation: { splits: ['train'], echo: true },
  };
  const study = join(folder, 'study');
  const line = ['study', '--config', JSON.stringify(config), '--words', words, '--out', study];
  await result(line);
  const { arms } = JSON.parse(await readFile(join(study, 'results.json'), 'utf8'));
  expect(arms.base.echo.rows.map(({ id }: { id: string }) => id)).toEqual(['1', '2', '3']);
  const rate: number = arms.base.echo.figures[0].value;
  const shown = String(Number(rate.toPrecision(2)));
  const report = await readFile(join(study, 'report.md'), 'utf8');
  expect(report).toContain('## Echo\n\nanswers 5, seed 11.');
  expect(report).toContain(`| echo rate | ${shown}`);

  const compared = join(folder, 'compared');
  await result(['compare', study, '--out', compared]);
  const read = (name: string) => readFile(join(compared, name), 'utf8');
  expect(await read('report.md')).toContain(`| Echo | echo rate | ${shown}`);
  expect(await read('report.md')).toContain('](figures/echoes.svg)');
  expect(await read('figures/echoes.svg')).toContain('<svg');
});
