// The page as it is shipped, end to end: it loads, trains both methods in its worker, shows what
// changed and keeps the run. Needs the built-in model and a Chromium.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import type { Page } from 'playwright';
import { describe, expect, test } from 'vitest';
import { violations } from './accessibility.ts';
import { pagesFrom } from './open-page.ts';
import { servePage } from './serve.ts';

const MODEL = fileURLToPath(new URL('../../public/models/builtin/config.json', import.meta.url));

const results = (page: Page) => page.getByRole('region', { name: 'Results' });

/** A budget that a processor pretending to be a GPU gets through, with two readings of the loss. */
const SMALL =
  '#data.distribution.family=bernoulli&data.distribution.params.p=0.5' +
  '&training.steps=6&training.batch=1&training.learning_rate=0.005&training.warmup=0' +
  '&evaluation.splits=["train"]&arms=' +
  encodeURIComponent(
    JSON.stringify([
      { name: 'base', method: 'none' },
      { name: 'soft', method: 'soft', paths: 'trie' },
      { name: 'hard', method: 'hard', answers: 16 },
    ]),
  );

describe.skipIf(!existsSync(MODEL))('the shipped page', () => {
  const open = pagesFrom(servePage);

  test('trains both methods on WebGPU, shows the change and keeps it over a reload', async () => {
    const page = await open(`?backend=webgpu${SMALL}`);
    await page.getByText('WebGPU', { exact: true }).waitFor();
    await page.getByText(/self-test passed/).waitFor();
    await page.getByText(/the untouched model answers/).waitFor();
    expect(await violations(page)).toEqual([]);

    await page.getByRole('button', { name: 'Run the experiment' }).click();
    await results(page).getByText(/took/).waitFor();
    await results(page)
      .getByText(/After 6 steps, .* of soft’s answers would have to change on trained prompts/)
      .waitFor();
    const table = results(page).getByRole('table', { name: 'Trained prompts' });
    expect(await table.getByRole('row').count()).toBe(4);
    await results(page)
      .getByRole('img', { name: /^Bernoulli: shares of the answers, target, base .* soft .* hard/ })
      .waitFor();
    await results(page)
      .getByRole('img', { name: /^Loss over 6 optimizer steps/ })
      .waitFor();
    expect(await violations(page)).toEqual([]);

    const downloading = page.waitForEvent('download');
    await results(page).getByRole('button', { name: /JSON/ }).click();
    const json = JSON.parse(await readFile(await (await downloading).path(), 'utf8'));
    expect(json.environment.backend).toBe('webgpu');
    const kl = (arm: string) => json.arms[arm].summary.train.kl;
    expect(kl('soft')).toBeLessThan(kl('base'));
    expect(kl('hard')).toBeLessThan(kl('base'));

    await page.reload();
    await results(page)
      .getByText(/After 6 steps, .* of soft’s answers would have to change on trained prompts/)
      .waitFor();
    const download = page.waitForEvent('download');
    await results(page)
      .getByRole('button', { name: /adapter soft/ })
      .click();
    const adapter = unzipSync(await readFile(await (await download).path()));
    expect(Object.keys(adapter).map((path) => path.replace(/^calibration-.*-soft\//, ''))).toEqual(
      expect.arrayContaining(['adapter_config.json', 'adapter_model.safetensors', 'README.md']),
    );
  });

  test('a cancelled run stops within a step and the worker takes the next one', async () => {
    const page = await open(SMALL.replace('steps=6', 'steps=5000'));
    await page.getByRole('button', { name: 'Run the experiment' }).click();
    await page.getByText(/Training soft, step \d/).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('This run was cancelled.').waitFor();
    await page.getByText(/the untouched model answers/).waitFor();
  });

  test('without WebGPU it says so and uses WebAssembly', async () => {
    const page = await open(SMALL, {}, 'no WebGPU');
    await page.getByText('WebAssembly', { exact: true }).waitFor();
    await page.getByText(/The lab does not use WebGPU/).waitFor();
    await page.getByText(/self-test passed/).waitFor();
    await page.getByText(/the untouched model answers/).waitFor();
  });
});
