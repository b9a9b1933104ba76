// Small studies come to the results they came to before.
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

/**
 * An engine that fuses multiplications and additions rounds once where others round twice, and the steps
 * of a study carry that on: by 5e-6 of a figure, or 5e-7 where it is the difference of two, in these. A
 * log-probability near 0 is the difference of two numbers around 20, whose last digit is 1.9e-6.
 */
const near = (value: number) => ({
  asymmetricMatch: (other: unknown) =>
    typeof other === 'number' && Math.abs(other - value) <= 4e-6 + 2e-5 * Math.abs(value),
  toString: () => `near ${value}`,
});
const isFraction = (value: unknown): value is number =>
  typeof value === 'number' && !Number.isInteger(value);

/** As `json`, figures that are no counts with their tolerance. */
const expected = async (path: string) =>
  JSON.parse(await readFile(path, 'utf8'), (_, value: unknown) =>
    isFraction(value) ? near(value) : value,
  );
const golden = (file: string) =>
  fileURLToPath(new URL(`../../golden/studies/${file}`, import.meta.url));

test.each(['default', 'methods', 'paper'])('the results of the study %s', async (name) => {
  await result(['study', '--config', golden(`${name}.json`), '--out', out]);
  const { config, arms } = await json(join(out, 'results.json'));
  // Figures and settings may be added; those that were there are the same.
  expect(arms).toMatchObject((await expected(golden(`${name}.results.json`))).arms);
  const before = await json(golden(`${name}.results.json`));
  const { data, training, seed } = before.config;
  expect(config).toMatchObject({ data, training, seed, arms: before.config.arms });
});
