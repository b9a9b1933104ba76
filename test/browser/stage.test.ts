// The stage as a newcomer meets it: the model's answers, one button, two lanes, a verdict, the next try.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright';
import { describe, expect, test } from 'vitest';
import { violations } from './accessibility.ts';
import { press } from './keyboard.ts';
import { pagesFrom } from './open-page.ts';
import { servePage } from './serve.ts';

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const MODEL = at('public/models/builtin/config.json');
/** A llama of a few layers with random weights in blocks of four bits. */
const SMALL_GGUF = at('test/golden/gguf/llama_rope/model.gguf');

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

/** What is pressed by a finger and lower than that, in pixels; the sliders on the curve ride where it is. */
const lowerThan = (page: Page, least: number) =>
  page.locator('main :is(button, select, .keep label, .next *), header nav a').evaluateAll(
    (all, pixels) =>
      all.flatMap((one) => {
        const { height } = one.getBoundingClientRect();
        return height > 0 && height < pixels ? [`${one.outerHTML.slice(0, 80)}: ${height}`] : [];
      }),
    least,
  );

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
      // A phone and a tablet are touched: what is pressed there is as large as a fingertip.
      const hasTouch = size.width < 1000;
      const page = await open(COIN, { viewport: size, hasTouch, isMobile: hasTouch }, 'no WebGPU');
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
      if (hasTouch) expect(await lowerThan(page, 44)).toEqual([]);
      // Plots of one height draw the same probability as high.
      const plots = [/^told the whole/, /^shown one answer/].map((name) =>
        lane(page, name).locator('svg').boundingBox(),
      );
      const [told, shown] = await Promise.all(plots);
      expect(told!.height).toBeCloseTo(shown!.height, 1);
      expect(await violations(page)).toEqual([]);
    },
  );

  test('by keyboard alone: taught, shown more answers, asked for sums, scrubbed back', async () => {
    const page = await open(COIN, {}, 'no WebGPU');
    await page.getByText(/^a hundred answers/).waitFor();
    await press(page, whenReady(page));
    await verdict(page).waitFor();
    await press(page, 'show hard 4 answers a step');
    await page.getByText(/shown 160 sampled answers/).waitFor();
    await press(page, 'what did it forget?');
    await page.getByRole('status').filter({ hasText: 'Of 60 sums' }).waitFor({ state: 'attached' });
    await press(page, 'Play the race', 'Shift+Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Home');
    await page.getByText(/^step 0/).waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByText(/^step 1 loss/).waitFor();
  });

  test('a link asks its own question and runs its race; a race can be stopped', async () => {
    const page = await open(`${COIN}&heads=75&seed=4&raced=1`, {}, 'no WebGPU');
    await verdict(page).waitFor();
    expect(page.url()).toContain('heads=75&seed=4&raced=1');
    // The longest race, so that it lasts until it is stopped. Once something else is asked, no press
    // can reach the race that is about to leave.
    const isInactive = await page
      .getByRole('combobox', { name: 'What is asked for' })
      .evaluate(async (choice: HTMLSelectElement) => {
        choice.value = 'fruit';
        choice.dispatchEvent(new Event('change', { bubbles: true }));
        await Promise.resolve();
        return document.querySelector('.teach')!.getAttribute('aria-disabled');
      });
    expect(isInactive).toBe('true');
    await page.waitForURL(/ask=fruit/);
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
    await page.getByRole('textbox', { name: /^A line each/ }).fill('teal\t3\nred\t1');
    await lane(page, /^untouched/)
      .getByText('teal', { exact: true })
      .waitFor();
    await whenReady(page).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  test('the numbers are sliders on the curve: by keyboard, by hand, at every size', async () => {
    for (const size of SIZES) {
      const page = await open('', { viewport: size }, 'no WebGPU');
      await page.getByText(/^a hundred answers/).waitFor();
      const curve = lane(page, /^untouched/);
      const shape = () => curve.locator('path.target').getAttribute('d');
      const before = await shape();
      const slider = (name: string) => curve.getByRole('slider', { name });
      await slider('alpha').focus();
      await page.keyboard.press('ArrowRight');
      await page.waitForURL(/alpha=2\.5/);
      await expect.poll(shape, { timeout: 60_000 }).not.toBe(before);
      // The other slider rides on the curve, too: it is where it will stay once the curve is.
      await page.getByText(/^a hundred answers/).waitFor();
      // β moves answers leftwards, and so does its slider.
      const box = (await slider('beta').boundingBox())!;
      const thumb = box.x + 12 + (1 - (5 - 0.5) / 9.5) * (box.width - 24);
      await page.mouse.move(thumb, box.y + box.height / 2);
      await page.mouse.down();
      await page.mouse.move(thumb - (2 / 9.5) * (box.width - 24), box.y + 4, { steps: 5 });
      await page.mouse.up();
      await page.waitForURL(/alpha=2\.5&beta=7/);
      for (const name of ['alpha', 'beta']) expect(await inView(slider(name), size)).toBe(true);
      await page.getByText(/^a hundred answers/).waitFor();
      await page.context().close();
    }
  });

  test('a race is saved as a file and opened again, with the question that it asks', async () => {
    const page = await open(`${COIN}&heads=75&seed=4&raced=1`, {}, 'no WebGPU');
    await verdict(page).waitFor();
    const said = await verdict(page).textContent();
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save this race' }).click();
    const saved = await saving;
    expect(saved.suggestedFilename()).toBe('race-coin-4.json');
    const file = await readFile(await saved.path());

    const other = await open('', {}, 'no WebGPU');
    const choose = (name: string, buffer: Buffer) =>
      other.getByLabel('Open a race').setInputFiles({ name, mimeType: 'application/json', buffer });
    await choose('broken.json', file.subarray(0, 1000));
    await other.getByRole('alert').waitFor();
    await choose('race.json', file);
    await verdict(other).waitFor();
    expect(await verdict(other).textContent()).toBe(said);
    expect(other.url()).toContain('#stage&ask=coin&heads=75&seed=4');
  });

  test('a model of one’s own is asked and taught on the stage', async () => {
    const page = await open(COIN, {}, 'no WebGPU');
    await page.getByText(/^a hundred answers/).waitFor();
    const model = page.getByRole('combobox', { name: 'Which model is asked' });
    await model.selectOption('a model of your own …');
    await page.getByLabel('Choose a GGUF file').setInputFiles(SMALL_GGUF);
    await page.waitForURL(/model=local/);
    // Random weights say anything but heads or tails.
    await page.getByText('a hundred answers: 100 are none of what was asked for').waitFor();
    await page.getByRole('button', { name: /^Teach it · \d+ s/ }).click();
    await verdict(page).waitFor();
    await model.selectOption('a model of your own …');
    await page.getByLabel('Choose a folder').setInputFiles(at('public/models/builtin'));
    await page.waitForURL(/model=local%3Abuiltin/);
    await page.getByText(/^a hundred answers: [12] different/).waitFor();
  });

  test('a known model is described, and not fetched before a person agrees', async () => {
    const asked: string[] = [];
    const page = await open('', {}, 'no WebGPU', async (fresh) => {
      await fresh.route(/huggingface\.co/, (route) => {
        asked.push(route.request().url());
        return route.abort();
      });
    });
    await page.getByText(/^a hundred answers/).waitFor();
    expect(asked).toEqual([]);
    await page
      .getByRole('combobox', { name: 'Which model is asked' })
      .selectOption('SmolLM2 135M in 4 bits (105.5 MB)');
    await page.getByRole('alert').waitFor();
    expect(page.url()).toContain('SmolLM2-135M-Instruct-Q4_K_M.gguf');
    expect(asked.length).toBeGreaterThan(0);
  });
});
