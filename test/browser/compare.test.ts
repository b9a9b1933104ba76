// The Compare view on runs of a scripted study: chosen, read, downloaded, shared, and found again.
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright';
import { beforeEach, describe, expect, test } from 'vitest';
import { violations } from './accessibility.ts';
import { pagesFrom } from './open-page.ts';
import { serveDouble } from './serve.ts';

const open = pagesFrom(serveDouble);
const EVALUATED = 'evaluation.open=true&evaluation.mcq=true&evaluation.retention=true';

const results = (page: Page) => page.getByRole('region', { name: 'Results' });
const chooser = (page: Page) => page.getByRole('region', { name: 'Runs and arms' });
const comparison = (page: Page) => page.getByRole('article', { name: 'The comparison' });
const heading = (page: Page) => page.getByRole('heading', { name: 'Compare runs' });
const scores = (page: Page, split: string) =>
  page.getByRole('table', { name: split }).getByRole('row');

async function run(page: Page, seed: number): Promise<void> {
  await page.getByRole('textbox', { name: 'Seed' }).fill(String(seed));
  await page.getByRole('button', { name: 'Run the experiment' }).click();
  await results(page).getByText(`seed ${seed}`).waitFor();
  await results(page).getByText('took 42 s').waitFor();
}

/** Waits until the comparison is of the chosen arms. */
async function compared(page: Page, arms: number): Promise<void> {
  await page.getByText(`${arms} arms compared.`).waitFor({ state: 'attached' });
}

async function download(page: Page, button: string | RegExp): Promise<string> {
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: button }).first().click();
  return readFile(await (await downloading).path(), 'utf8');
}

test('without runs, it says how to get one', async () => {
  const page = await open('#compare');
  await heading(page).waitFor();
  await page.getByText(/There is nothing to compare yet/).waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole('link', { name: 'Set up an experiment' }).click();
  await page.getByRole('button', { name: 'Run the experiment' }).waitFor();
});

describe('two runs that differ in their seed', () => {
  let page: Page;
  beforeEach(async () => {
    page = await open(`#training.steps=20&${EVALUATED}`);
    await run(page, 3);
    await run(page, 4);
  });

  test('are compared as one, found again after a reload, and left by going back', async () => {
    const before = page.url();
    await page.getByRole('link', { name: /^Compare \d/ }).click();
    await heading(page).waitFor();
    expect(await page.title()).toBe('Compare runs · Calibration Lab');
    await chooser(page).getByText('Pick two or more arms.').waitFor();
    await chooser(page).getByRole('button', { name: 'Newest two runs' }).click();
    await compared(page, 3);
    await comparison(page)
      .getByText(/On held-out families, soft \(0\.\d+\) has the lowest KL: clearly lower than base/)
      .waitFor();
    const rows = scores(page, 'Held-out families');
    expect(await rows.count()).toBe(1 + 3);
    expect(await rows.nth(2).textContent()).toMatch(/soft\s*best:/);
    await comparison(page).getByRole('row', { name: 'seed 3, 4 3, 4 3, 4' }).waitFor();

    const address = new URL(page.url()).hash;
    expect(address).toMatch(
      /^#compare&run=[\w-]{32,36}:base,soft,hard&run=[\w-]{32,36}:base,soft,hard$/,
    );
    await page.reload();
    await compared(page, 3);
    expect(new URL(page.url()).hash).toBe(address);

    await page.goBack();
    await page.getByRole('button', { name: 'Run the experiment' }).waitFor();
    expect(page.url()).toBe(before);
    expect(await page.getByRole('textbox', { name: 'Seed' }).inputValue()).toBe('4');
  });

  test('can stand apart, against any of their arms, which the address remembers', async () => {
    await page.getByRole('link', { name: /^Compare \d/ }).click();
    await chooser(page).getByRole('button', { name: 'Newest two runs' }).click();
    await compared(page, 3);
    await page.getByRole('checkbox', { name: /join runs/ }).uncheck();
    await compared(page, 6);
    await page.getByRole('combobox', { name: 'Differences to' }).selectOption('soft · seed 4');
    await page.waitForFunction(() => location.hash.endsWith('&against=1&seeds=apart'));
    await compared(page, 6);
    const hard = scores(page, 'Trained prompts').filter({ hasText: 'hard · seed 4' });
    await hard
      .getByText(/difference \(clearly worse\)/)
      .first()
      .waitFor({ state: 'attached' });

    for (const arm of await chooser(page).getByRole('checkbox', { name: /^base/ }).all()) {
      await arm.press('Space');
    }
    await compared(page, 4);
    expect(new URL(page.url()).hash).not.toContain('base');
  });

  test('show what else was evaluated, a chart and its numbers each', async () => {
    await page.getByRole('link', { name: /^Compare \d/ }).click();
    await chooser(page).getByRole('button', { name: 'Newest run' }).click();
    await compared(page, 3);
    for (const name of [
      /^Uniform: shares of the answers, target, base/,
      /^KL by family, held-out families; base from/,
      /^KL by position in the answer, held-out families; base loses most at/,
      /^Loss over 20 optimizer steps, soft from/,
      /^KL on held-out families against [^;]*accuracy; base at .* and 0\.9;/,
      /^Shares of the most frequent answers to “Name a random fruit\.”; base: mango most often, 100 %/,
      /^Shares of the letters at which the right answer stands; base: C most often, 100 %/,
    ]) {
      await comparison(page).getByRole('img', { name }).locator('svg').waitFor();
    }
    for (const summary of await page.getByText('The numbers', { exact: true }).all()) {
      await summary.click();
    }
    const letters = page.getByRole('region', { name: /^Shares of the letters.*numbers$/ });
    expect(await letters.getByRole('row').nth(3).textContent()).toMatch(
      /^\s*C\s*100 %\s*30 %\s*44 %/,
    );
    const positions = page.getByRole('region', { name: /^KL by position.*numbers$/ });
    await positions.getByRole('rowheader', { name: 'invalid' }).waitFor();
    await page.getByText('Position of the right answer').last().click();
    const table = page.getByRole('region', { name: 'Position of the right answer: figures' });
    const undefinedRow = table.getByRole('row', { name: /chi square/ });
    expect(await undefinedRow.textContent()).toContain('there was nothing to count');
  });

  test('can be taken home: report, tables, JSON and figures', async () => {
    await page.getByRole('link', { name: /^Compare \d/ }).click();
    await chooser(page).getByRole('button', { name: 'Newest two runs' }).click();
    await compared(page, 3);
    const report = await download(page, /comparison as Report$/);
    expect(report).toContain('| soft | All paper families | soft | 3, 4 | 20 | 6400 | 10240 |');
    const csv = (await download(page, /comparison as CSV$/)).split('\r\n');
    expect(csv.filter((line) => line.includes(',exact,train,kl,'))).toHaveLength(3);
    const byPrompt = (await download(page, /comparison as CSV by prompt$/)).trimEnd().split('\r\n');
    expect(byPrompt).toHaveLength(1 + 2 * 3 * 54);
    const json = JSON.parse(await download(page, /comparison as JSON$/));
    const { kl } = json.exact[2].scores;
    expect(kl[1].mean.value).toBeLessThan(kl[0].mean.value);
    expect(kl[1].difference.value).toBeCloseTo(kl[1].mean.value - kl[0].mean.value, 9);

    const svg = await download(page, /SVG of KL by family/);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg).not.toContain('var(--');
    const parsed = await page.evaluate((text) => {
      const file = new DOMParser().parseFromString(text, 'image/svg+xml');
      return {
        error: file.querySelector('parsererror')?.textContent,
        text: file.documentElement.textContent,
      };
    }, svg);
    expect(parsed.error).toBeUndefined();
    for (const word of ['KL by family', 'soft', 'hard', 'Poisson']) {
      expect(parsed.text).toContain(word);
    }
  });
});

test('a run links to its own comparison; an unfinished one says so', async () => {
  const page = await open('#training.steps=2000&seed=5');
  await page.getByRole('button', { name: 'Run the experiment' }).click();
  await page.getByText(/Training soft, step \d/).waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('This run was cancelled.').waitFor();
  await results(page).getByRole('link', { name: 'Compare' }).click();
  await compared(page, 3);
  await comparison(page).getByText('It was cancelled: what it had measured').waitFor();
  await comparison(page).getByText('Its arm hard has no exact scores.').waitFor();
  expect(await violations(page)).toEqual([]);
});

test('runs that are not here, and those of other versions, break nothing', async () => {
  const page = await open('#compare&run=not-here:soft');
  await page.getByText(/Not in this browser: soft\./).waitFor();
  await page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((resolve) => {
      const opening = indexedDB.open('calibration-lab');
      opening.onsuccess = () => resolve(opening.result);
    });
    const all = db.transaction(['runs', 'events'], 'readwrite');
    const row = { arm: 'mixed', split: 'train', family: 'gaussian', id: 'a', kl: 0.5 };
    all.objectStore('runs').put({
      ...{ id: 'old', name: 'from long ago', createdAt: 0, status: 'done' },
      experiment: { seed: 1, arms: [{ name: 'mixed', method: 'mixture' }] },
    });
    all.objectStore('runs').put({ id: 'older' });
    all.objectStore('events').add({ run: 'old', events: [{ type: 'row', row }, { type: 'row' }] });
    await new Promise((resolve) => (all.oncomplete = resolve));
  });
  await page.goto(page.url().replace(/#.*/, '#compare&run=old:mixed'));
  await page.reload();
  await compared(page, 1);
  await comparison(page)
    .getByText(/made by another version of the lab/)
    .waitFor();
  await comparison(page)
    .getByText(/^from long ago: 1 of its records was/)
    .waitFor();
  expect(await scores(page, 'Trained prompts').nth(1).textContent()).toContain('0.5');

  await page.getByRole('link', { name: 'Lab', exact: true }).click();
  const history = page.getByRole('region', { name: 'Runs in this browser' });
  await history.getByRole('button', { name: 'Set up again from long ago' }).click();
  await page
    .getByRole('alert')
    .getByText(/cannot be set up again/)
    .waitFor();
  await history.getByRole('button', { name: 'Open from long ago' }).click();
  await results(page).getByRole('heading', { name: 'from long ago' }).waitFor();
});

test.each([1280, 390])('axe finds nothing wrong at %i pixels', async (width) => {
  const viewport = { width, height: 900 };
  const page = await open(`#training.steps=20&${EVALUATED}`, { viewport });
  await run(page, 3);
  await page
    .getByRole('link', { name: /^Compare/ })
    .first()
    .click();
  await chooser(page).getByRole('button', { name: 'Newest run' }).click();
  await compared(page, 3);
  for (const title of ['The numbers', 'Family by family']) {
    for (const summary of await page.getByText(title, { exact: true }).all()) {
      await summary.click();
    }
  }
  for (const title of [/settings are the same/, /\d figures?$/]) {
    for (const summary of await page.getByText(title).all()) await summary.click();
  }
  expect(await violations(page)).toEqual([]);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBe(0);
});
