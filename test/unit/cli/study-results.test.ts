// Small studies come to the results they came to before, to the last bit.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { result } from './run.ts';

let out: string;
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'results-'));
});
afterEach(() => rm(out, { recursive: true }));

const json = async (path: string) => JSON.parse(await readFile(path, 'utf8'));
const golden = (file: string) =>
  fileURLToPath(new URL(`../../golden/studies/${file}`, import.meta.url));

test.each(['default', 'methods', 'paper'])('the results of the study %s', async (name) => {
  await result(['study', '--config', golden(`${name}.json`), '--out', out]);
  const { config, arms } = await json(join(out, 'results.json'));
  const before = await json(golden(`${name}.results.json`));
  // Figures and settings may be added; those that were there are the same.
  expect(arms).toMatchObject(before.arms);
  const { data, training, seed } = before.config;
  expect(config).toMatchObject({ data, training, seed, arms: before.config.arms });
});
