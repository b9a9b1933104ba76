// A whole study on the page as it is shipped: started, watched, cut off by closing its tab, gone on
// with, compared and taken home. Needs the built-in model and a Chromium.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';
import { describe, expect, test } from 'vitest';
import { pagesFrom } from './open-page.ts';
import { servePage } from './serve.ts';

const MODEL = fileURLToPath(new URL('../../public/models/builtin/config.json', import.meta.url));

const results = (page: Page) => page.getByRole('region', { name: 'Results' });

/** Little is measured, but long enough for the tab to be closed on the way. */
const SMALL =
  '#data.distribution.family=bernoulli&data.distribution.params.p=0.5' +
  '&training.steps=60&training.batch=1&training.learning_rate=0.005' +
  '&evaluation.splits=["train"]&evaluation.samples=50' +
  '&evaluation.open=true&evaluation.novelty=true&evaluation.perplexity=true';

/** As far as this test looks at it. */
interface MeasuredArm {
  readonly exact: unknown[];
  readonly samples: unknown[];
  readonly open: { readonly rows: { readonly prompt: string }[] };
  readonly novelty: { readonly rows: unknown[] };
  readonly perplexity: { readonly rows: unknown[] };
}

async function bring(page: Page, label: string, name: string, text: string): Promise<void> {
  const file = { name, mimeType: 'text/plain', buffer: Buffer.from(text) };
  await page.getByLabel(label).setInputFiles(file);
  await page.getByLabel(label.replace('Own', 'Other')).first().waitFor();
}

async function downloaded(page: Page, from: ReturnType<Page['getByRole']>): Promise<string> {
  const downloading = page.waitForEvent('download');
  await from.click();
  return readFile(await (await downloading).path(), 'utf8');
}

describe.skipIf(!existsSync(MODEL))('the shipped page', () => {
  const open = pagesFrom(servePage);

  test('runs a study with evaluations through a closed tab, compares and gives it away', async () => {
    const first = await open(SMALL);
    const address = first.url();
    await bring(
      first,
      'Own prompts',
      'open.json',
      '["Pick a random fruit. Output ONLY the answer."]',
    );
    await bring(
      first,
      'Own novelty prompts',
      'novelty.jsonl',
      '{"prompt":"Tell me something new."}',
    );
    await bring(first, 'Own texts', 'story.txt', 'The sun is warm. The cat is on the mat.');
    const page = await first.context().newPage();
    page.on('pageerror', (error) => expect.soft(error, 'an error in the page').toBeUndefined());
    page.setDefaultTimeout(240_000);
    await first.bringToFront();
    await first.getByRole('button', { name: 'Run the experiment' }).click();

    // The untouched arm's evaluations stand there while the next arm trains.
    await first.getByText(/Training soft, step \d/).waitFor();
    await results(first).getByRole('region', { name: 'Open-ended answers' }).waitFor();
    await first.getByText(/Training hard, step \d/).waitFor();
    await first.close();

    await page.goto(address);
    await page.getByText('This run was interrupted.').waitFor();
    await page.getByRole('button', { name: 'Resume at the last checkpoint' }).click();
    await results(page)
      .getByText(/took \d/)
      .waitFor();

    const json = JSON.parse(
      await downloaded(page, results(page).getByRole('button', { name: /JSON/ })),
    );
    expect(Object.keys(json.arms)).toEqual(['base', 'soft', 'hard']);
    for (const arm of Object.values<MeasuredArm>(json.arms)) {
      // Nothing is lost and nothing is twice.
      expect(arm.exact).toHaveLength(1);
      expect(arm.samples).toHaveLength(1);
      expect(arm.open.rows).toHaveLength(1);
      expect(arm.open.rows[0]!.prompt).toBe('Pick a random fruit. Output ONLY the answer.');
      expect(arm.novelty.rows).toHaveLength(1);
      expect(arm.perplexity.rows).toHaveLength(1);
    }
    for (const arm of ['soft', 'hard']) {
      const { loss, steps } = json.arms[arm].training;
      expect(steps).toBe(60);
      expect(loss.map(([step]: [number]) => step)).toEqual(
        Array.from({ length: 12 }, (_, i) => 5 * (i + 1)),
      );
      expect(json.arms[arm].summary.train.kl).toBeLessThan(json.arms.base.summary.train.kl);
      await results(page)
        .getByRole('button', { name: `adapter ${arm}` })
        .waitFor();
    }

    await results(page).getByRole('link', { name: 'Compare' }).click();
    const comparison = page.getByRole('article', { name: 'The comparison' });
    await comparison.getByRole('region', { name: 'Open-ended answers' }).waitFor();
    const report = await downloaded(page, comparison.getByRole('button', { name: /Report/ }));
    // One prompt under one seed ranks nothing.
    expect(report).toContain('## Exact scores');
    expect(report).not.toContain('has the lowest KL');
    expect(report).toContain('## Further evaluations');
    expect(report).toMatch(/\| bits_per_byte|bits per byte/);
  });
});
