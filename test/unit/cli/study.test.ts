// `lab study` from a command line: a study, several seeds, a user's files, and what it refuses.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, expect, test } from 'vitest';
import { lab, result } from './run.ts';

/** The untouched model and a trained one, on one prompt with two answers. */
const CONFIG = {
  data: { families: ['bernoulli'], include_held_out: true, prompts_per_family: 1 },
  arms: [{ method: 'none' }, { method: 'soft', paths: 2 }],
  training: { steps: 2, batch: 1 },
  evaluation: { splits: ['train'], drift: false },
};

let root: string;
let config: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'study-'));
  config = join(root, 'config.json');
  await writeFile(config, JSON.stringify(CONFIG));
});
const json = async (...path: string[]) => JSON.parse(await readFile(join(...path), 'utf8'));

test('runs every seed into a folder of its own and compares them', async () => {
  const out = join(root, 'both');
  const line = ['study', '--config', config, '--seeds', '3,4', '--out', out];
  expect(await result(line)).toEqual({
    out,
    columns: [
      { label: 'base', runs: 2 },
      { label: 'soft', runs: 2 },
    ],
  });
  const alone = join(root, 'alone');
  await result(['study', '--config', config, '--seed', '4', '--out', alone]);
  const exact = async (...path: string[]) => (await json(...path, 'results.json')).arms.soft.exact;
  expect(await exact(out, 'seed-4')).toEqual(await exact(alone));
  expect(await exact(out, 'seed-3')).not.toEqual(await exact(alone));
  expect((await json(out, 'config.json')).seeds).toEqual([3, 4]);
  expect(await readdir(out)).toEqual(expect.arrayContaining(['report.md', 'comparison.json']));

  // As if it had been killed between the two: what is done is left as it is.
  const before = await readFile(join(out, 'seed-3', 'results.json'), 'utf8');
  await rm(join(out, 'seed-4'), { recursive: true });
  const { status, errors } = await lab(['study', '--resume', out, '--progress']);
  expect(status).toBe(0);
  expect(errors).toContain('seed 4, training soft: 2 of 2 steps');
  expect(errors).not.toContain('seed 3');
  expect(await readFile(join(out, 'seed-3', 'results.json'), 'utf8')).toBe(before);
  expect(await exact(out, 'seed-4')).toEqual(await exact(alone));
});

test("takes prompts, questions and texts from a user's files", async () => {
  const prompts = join(root, 'prompts.json');
  await writeFile(prompts, JSON.stringify(['Name a random tool.', 'Name a random bird.']));
  const texts = join(root, 'texts.txt.gz');
  await writeFile(texts, gzipSync('A short text.'));
  const experiment = {
    ...CONFIG,
    arms: [{ method: 'none' }],
    evaluation: { splits: ['train'], open: true, perplexity: true },
  };
  const out = join(root, 'files');
  await result([
    ...['study', '--config', JSON.stringify(experiment), '--out', out],
    ...['--open', prompts, '--texts', texts],
  ]);
  const { open, perplexity } = (await json(out, 'results.json')).arms.base;
  const of = ({ rows }: { rows: { prompt: string }[] }) => rows.map(({ prompt }) => prompt);
  expect(of(open)).toEqual(['Name a random tool.', 'Name a random bird.']);
  expect(perplexity.rows).toMatchObject([{ id: 'texts.txt.gz', bytes: 13 }]);
});

test('says what is wrong with a line, and loses nothing', async () => {
  const out = join(root, 'out');
  const start = ['study', '--config', config, '--out', out];
  const refused = async (line: readonly string[]) => {
    const { status, errors } = await lab(line);
    expect(status).toBe(2);
    return errors;
  };
  expect(await refused([...start, '--seed', '1', '--seeds', '1,2'])).toContain('--seeds');
  expect(await refused([...start, '--seeds', '1,1'])).toContain('seeds.1 repeats');
  expect(await refused([...start, '--open', join(root, 'none.json')])).toContain('none.json');
  expect(await refused(['study', '--resume', out, '--config', config])).toContain('--config');
  expect(await refused(['study', '--resume', out])).toContain('config.json cannot be read');

  await result(start);
  expect(await refused(['study', '--resume', out])).toContain('is finished');
  await writeFile(join(out, 'resume.bin'), 'the checkpoint of a run');
  expect(await refused(start)).toContain(`--resume ${out}`);
  const { status, errors } = await lab(['study', '--resume', out]);
  expect(status).toBe(0);
  expect(errors).toContain('resume.bin is damaged and was set aside');
  expect(await readFile(join(out, 'resume.damaged.bin'), 'utf8')).toBe('the checkpoint of a run');
  expect((await readdir(out)).filter((name) => name.startsWith('lock'))).toEqual([]);
});

test('W4: a study of one step trains', async () => {
  const experiment = {
    data: { distribution: { family: 'bernoulli', params: { p: 0.5 } } },
    arms: [
      { name: 'base', method: 'none' },
      { name: 'soft', method: 'soft', paths: 'trie' },
    ],
    training: { steps: 1, batch: 1 },
    evaluation: { splits: ['train'] },
  };
  const out = join(root, 'one');
  await result(['study', '--config', JSON.stringify(experiment), '--out', out]);
  const { arms } = await json(out, 'results.json');
  expect(arms.soft.exact[0].kl).toBeLessThan(0.9 * arms.base.exact[0].kl);
});
