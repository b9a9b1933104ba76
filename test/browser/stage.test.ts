// The stage as a newcomer meets it: the model's answers, one button, two lanes, a verdict, the next try.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright';
import { describe, expect, test } from 'vitest';
import { violations } from './accessibility.ts';
import { pagesFrom } from './open-page.ts';
import { servePage } from './serve.ts';

const MODEL = fileURLToPath(new URL('../../public/models/builtin/config.json', import.meta.url));

const SIZES = [
  { width: 1280, height: 720 },
  { width: 768, height: 1024 },
  { width: 390, height: 844 },
];
const VERDICT =
  /Told the whole distribution, the model ends (\d+|< 1) % away; shown (\d+) sampled answers, (\d+|< 1) % away\. (Soft is closer|Hard is closer|Neither is closer)\./;

/** The button, once the model has been asked and a step has been timed. */
const whenReady = (page: Page) =>
  page.getByRole('button', { name: /^Teach it/ }).and(page.locator('[aria-disabled=false]'));
const teach = (page: Page) => page.getByRole('button', { name: /^Teach it/ });
const lane = (page: Page, name: RegExp) => page.getByRole('region', { name });
const verdict = (page: Page) => page.getByRole('status').filter({ hasText: VERDICT });

/** Whether all of it is in view. */
const inView = async (part: Locator, { width, height }: (typeof SIZES)[number]) => {
  const box = (await part.boundingBox())!;
  return box.y >= 0 && box.y + box.height <= height && box.x >= 0 && box.x + box.width <= width;
};

/** As few steps as the story needs: a coin and its two answers. */
const COIN = '#stage&ask=coin';

describe.skipIf(!existsSync(MODEL))('the stage', () => {
  const open = pagesFrom(servePage);

  test('is where one lands; a first race and a second add to the tradeoff', async () => {
    const page = await open('', {}, 'no WebGPU');
    await page.getByText(/^a hundred answers: \d+ different, “0\.\d\d” \d+ times/).waitFor();
    await whenReady(page).click();
    await page.getByRole('button', { name: /^Stop/ }).waitFor();
    await verdict(page).waitFor();
    const [, soft, seen, hard, closer] = VERDICT.exec((await verdict(page).textContent())!)!;
    expect(seen).toBe('40');
    expect(closer).toBe(Number(soft) < Number(hard) ? 'Soft is closer' : 'Hard is closer');
    expect(await lane(page, /^told the whole/).textContent()).toContain(`${soft} %`);
    expect(await lane(page, /^shown one answer/).textContent()).toContain(`${hard} %`);
    const chart = page.getByRole('img', { name: /^Answers seen against the distance left/ });
    expect(await chart.getAttribute('aria-label')).toContain(`hard, 40 answers: ${hard} %`);
    // The same figures as the study of the same configuration and seed, from a terminal.
    expect([soft, hard]).toEqual(['10', '27']);

    await page.getByRole('button', { name: 'show hard 16 answers a step' }).click();
    await page.getByText(/shown 640 sampled answers/).waitFor();
    expect(await chart.getAttribute('aria-label')).toMatch(/hard, 640 answers: \d+ %$/);

    // Scrubbed back to its beginning, the lanes are the untouched model's.
    await page.getByRole('slider', { name: 'Step of the race' }).fill('0');
    const untouched = await lane(page, /^untouched/)
      .getByText(/^\d+ % away/)
      .textContent();
    await lane(page, /^told the whole/)
      .getByText(untouched!)
      .waitFor();
    await page.getByRole('textbox', { name: 'Any prompt' }).fill('Tell me a random number.');
    await page.getByRole('button', { name: 'Ask 20 times' }).click();
    const asked = (name: string) =>
      page.getByRole('region', { name: `Answers of the model ${name}`, exact: true });
    for (const name of ['untouched', 'told (soft)', 'shown (hard)']) {
      await asked(name)
        .getByRole('heading', { name: /, 20 answers$/ })
        .waitFor();
    }
    await page.getByRole('button', { name: 'What did it forget?' }).click();
    const sums = page.getByRole('status').filter({ hasText: 'Of 60 sums' });
    await sums.waitFor({ state: 'attached' });
    const rights = (await sums.innerText()).match(/\d+(?= %)/g)!.map(Number);
    expect(rights[0]).toBeGreaterThan(90);

    await page.getByRole('button', { name: 'ask for a distribution it was not taught' }).click();
    await page
      .getByText(/^Asked for parameters it was not taught, the untouched model is/)
      .waitFor();
    expect(await violations(page)).toEqual([]);
  });

  test.each(SIZES)(
    'everything that tells the story is in view at $width × $height',
    async (size) => {
      const page = await open(COIN, { viewport: size }, 'no WebGPU');
      await page.getByText(/^a hundred answers/).waitFor();
      await whenReady(page).click();
      await verdict(page).waitFor();
      const parts = [
        page.getByRole('combobox', { name: 'What is asked for' }),
        lane(page, /^untouched/),
        lane(page, /^told the whole/),
        lane(page, /^shown one answer/),
        teach(page),
        verdict(page),
        ...(size.width > 400
          ? [page.getByRole('region', { name: 'The tradeoff, drawn by trying' })]
          : []),
      ];
      const seen = await Promise.all(parts.map((part) => inView(part, size)));
      expect(seen).toEqual(parts.map(() => true));
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(size.width);
      expect(await violations(page)).toEqual([]);
    },
  );

  test('a link asks its own question and runs its race; a race can be stopped', async () => {
    const page = await open(`${COIN}&heads=75&seed=4&raced=1`, {}, 'no WebGPU');
    await verdict(page).waitFor();
    expect(page.url()).toContain('heads=75&seed=4&raced=1');
    await page.getByRole('combobox', { name: 'What is asked for' }).selectOption('die');
    await page.waitForURL(/ask=die/);
    await page.getByText(/^a hundred answers/).waitFor();
    await whenReady(page).click();
    await page.getByRole('button', { name: /^Stop/ }).click();
    await teach(page).waitFor();
    expect(await verdict(page).count()).toBe(0);
  });

  test('a finished race opens from a link where nothing can be computed, and is scrubbed', async () => {
    const page = await open('#stage&race=races/beta.json', {}, 'no WebGPU', async (fresh) => {
      // Neither the model nor a backend can be had.
      await fresh.route(/\.wasm$|models\/builtin/, (route) => route.abort());
    });
    await verdict(page).waitFor();
    expect(await verdict(page).textContent()).toContain('Soft is closer.');
    await page.getByText(/^a hundred answers: \d+ different/).waitFor();
    const step = page.getByRole('slider', { name: 'Step of the race' });
    const last = await lane(page, /^told the whole/).textContent();
    await step.fill('3');
    await page.getByText(/^step 3 loss/).waitFor();
    expect(await lane(page, /^told the whole/).textContent()).not.toBe(last);
    await page.getByRole('button', { name: 'Play the race' }).click();
    await page.getByText(/^step 40 loss/).waitFor();
  });

  test('what is wrong with the file of a race is said', async () => {
    const page = await open('#stage&race=manifest.json', {}, 'no WebGPU');
    await page
      .getByRole('alert')
      .getByText(/cannot be read/)
      .waitFor();
    await page.getByRole('button', { name: 'Watch a race that was run before' }).click();
    await verdict(page).waitFor();
  });

  test('choices of one’s own, and what is wrong with them', async () => {
    const page = await open('#stage&ask=own', {}, 'no WebGPU');
    await page.getByText(/^a hundred answers/).waitFor();
    await page.getByRole('textbox', { name: /^A line each/ }).fill('blue, 1\nred, many');
    await page
      .getByRole('alert')
      .getByText(/line 2 of the choices/i)
      .waitFor();
    await page.getByRole('textbox', { name: /^A line each/ }).fill('blue\t3\nred\t1');
    await page.getByText(/^a hundred answers/).waitFor();
  });
});
