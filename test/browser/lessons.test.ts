// The six lessons as a learner takes them: a guess, a run, and what its figures make of the guess.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';
import { describe, expect, test } from 'vitest';
import { LESSONS } from '../../src/lab/lessons/index.ts';
import type { Option } from '../../src/lab/lessons/lesson.ts';
import { violations } from './accessibility.ts';
import { pagesFrom } from './open-page.ts';
import { servePage } from './serve.ts';

const MODEL = fileURLToPath(new URL('../../public/models/builtin/config.json', import.meta.url));
/** A lesson is one of them, its reveal included. */
const SCREEN = { width: 1280, height: 720 };

/** Guesses, by a bar where it is an amount, runs the lesson and reads what was right. */
async function taken(page: Page, guess: Option): Promise<{ said: string; right: string }> {
  const { label, upTo } = guess;
  if (upTo === undefined) await page.getByRole('radio', { name: label, exact: true }).check();
  else await page.getByRole('slider').fill(String(upTo));
  await page.getByRole('button', { name: 'Run it' }).click();
  const said = page.locator('.said');
  await said.waitFor();
  const text = (await said.innerText()).trim().replace(/\s/g, ' ');
  return { said: text, right: text.replace(/^[^:]*: /, '').replace(/\.$/, '') };
}

describe.skipIf(!existsSync(MODEL))('the lessons', () => {
  const open = pagesFrom(servePage);

  // A coin takes a moment; what needs other parameters is asked of a Gaussian.
  test.each(LESSONS.map((lesson, i) => ({ ...lesson, number: i + 1 })))(
    'lesson $number, $title, answers a wrong guess and a right one',
    async ({ number, options, needs }) => {
      const address = `#lesson=${number}&ask=${needs ? 'gaussian' : 'coin'}&seed=12`;
      const page = await open(address, { viewport: SCREEN }, 'no WebGPU');
      const first = await taken(page, options[0]!);
      await page.reload();
      // Whatever was right, one guess of the two is right and the other wrong.
      const other = options.find(({ label }) => label !== first.right)!;
      const right = options.find(({ label }) => label === first.right)!;
      const wasRight = first.said.startsWith('You guessed right');
      const second = await taken(page, wasRight ? other : right);
      expect(second.right).toBe(first.right);
      expect(wasRight).toBe(first.right === options[0]!.label);
      expect(second.said.startsWith('You guessed right')).toBe(!wasRight);
      expect(await page.locator('.reveal p').count()).toBeGreaterThan(2);
      const { y, height } = (await page.locator('.lesson').boundingBox())!;
      expect(y + height).toBeLessThanOrEqual(SCREEN.height);
      // Which is kept.
      await page.reload();
      await page
        .getByRole('link', { name: new RegExp(`done, guessed ${wasRight ? 'wrong' : 'right'}`) })
        .waitFor();
      if (number === 1) expect(await violations(page)).toEqual([]);
    },
  );

  test('while a study has the model, lesson and tree say so, and have it back when it ends', async () => {
    const study = '#data.distribution.family=bernoulli&data.distribution.params.p=0.5';
    const page = await open(`${study}&training.steps=5000`, {}, 'no WebGPU');
    await page.getByRole('button', { name: 'Run the experiment' }).click();
    await page.getByText(/Training soft, step \d/).waitFor();
    await page.getByRole('link', { name: 'Tree', exact: true }).click();
    await page.getByText(/^A study is running in the lab; the tree has/).waitFor();
    await page.getByRole('link', { name: 'Lessons' }).click();
    const why = page.getByText(/^A study is running in the lab; the lesson has/);
    await why.waitFor();
    await page.getByRole('slider').fill('3');
    const run = page.getByRole('button', { name: 'Run it' });
    expect(await run.getAttribute('aria-disabled')).toBe('true');
    await page.getByRole('link', { name: /^Lab/ }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('This run was cancelled.').waitFor();
    await page.getByRole('link', { name: 'Lessons' }).click();
    await page.getByRole('slider').fill('3');
    expect(await why.count()).toBe(0);
    await run.click();
    await page.locator('.said').waitFor();
    await page.getByRole('link', { name: 'Tree', exact: true }).click();
    await page.getByText(/^step 0 of 40/).waitFor();
  });

  test('embedded, a lesson stands alone and leads to the next with its distribution', async () => {
    const page = await open('#lesson=1&ask=coin&heads=70&embed=1', {}, 'no WebGPU');
    await page.getByRole('slider').focus();
    for (const key of ['ArrowRight', 'ArrowRight', 'Tab', 'Enter']) await page.keyboard.press(key);
    await page.locator('.said').waitFor();
    await page.getByText('your guess: 2 different answers').waitFor();
    await page.getByText(/^it was: \d+ different answers?$/).waitFor();
    expect(await page.getByRole('navigation', { name: 'Views' }).count()).toBe(0);
    await page.getByRole('link', { name: /^Next: / }).click();
    await page.getByRole('heading', { name: /^2\. / }).waitFor();
    expect(page.url()).toContain('#lesson=2&ask=coin&heads=70&embed=1');
  });

  test('a teacher takes links and frames with a question and a seed of theirs', async () => {
    const page = await open(
      '#lesson=3',
      { permissions: ['clipboard-write', 'clipboard-read'] },
      'no WebGPU',
    );
    await page.getByRole('link', { name: /links for your class/ }).click();
    await page.getByRole('heading', { name: 'For teachers' }).waitFor();
    await page.getByRole('combobox', { name: 'What is asked for' }).selectOption('coin');
    await page.getByRole('slider', { name: 'heads' }).fill('70');
    await page.getByLabel('seed').fill('4');
    await page.waitForURL(/#teachers&ask=coin&heads=70&seed=4$/);
    expect(await violations(page)).toEqual([]);
    const taken = async (what: 'link' | 'frame', lesson: string) => {
      await page.getByRole('button', { name: `Copy ${what}: ${lesson}` }).click();
      await page.getByText(`The ${what} of “${lesson}” is copied.`).waitFor();
      return page.evaluate(() => navigator.clipboard.readText());
    };
    expect(await taken('frame', '3 Soft and hard differ in noise alone')).toContain(
      'embed.html#lesson=3&amp;ask=coin&amp;heads=70&amp;seed=4"',
    );
    const link = await taken('link', '2 A distribution is a tree');
    expect(link).toContain('#lesson=2&ask=coin&heads=70&seed=4');
    await page.goto(link);
    await page.getByRole('heading', { name: /^2\. / }).waitFor();
  });
});
