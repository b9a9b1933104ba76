// The page for keyboards, screen readers and narrow screens, with a scripted study behind it.
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { violations } from './accessibility.ts';
import { results, runButton, scriptedPages } from './scripted-page.ts';

const open = scriptedPages();

test('the page can be used with the keyboard alone', async () => {
  const page = await open('#training.steps=20');
  await page.getByText(/self-test passed/).waitFor();
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('Skip to');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Use another');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowRight');
  expect(await page.getByRole('radio', { name: 'One family' }).isChecked()).toBe(true);
  await page.getByRole('combobox', { name: 'Family', exact: true }).waitFor();
  const reached = new Set<string>();
  for (let i = 0; i < 90 && !reached.has('Run the experiment'); i++) {
    await page.keyboard.press('Tab');
    reached.add(
      (await page.evaluate(() => {
        const element = document.activeElement;
        const label = element instanceof HTMLInputElement ? element.labels?.[0] : element;
        return (label?.textContent ?? '').trim();
      })) || 'unnamed',
    );
  }
  expect([...reached]).toEqual(
    expect.arrayContaining(['sigma, standard deviation', 'Learning rate', 'Advanced']),
  );
  expect([...reached]).toContain('Run the experiment');
  await page.keyboard.press('Enter');
  await results(page).getByText('took 42 s').waitFor();
});

test('P7: what has the focus is never under the bar with the Run button', async () => {
  const page = await open('#training.steps=20', { viewport: { width: 1280, height: 720 } });
  await page.getByText(/self-test passed/).waitFor();
  await page.getByText('Advanced').first().click();
  await page.evaluate(() => scrollTo(0, 0));
  let reached = 0;
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press('Tab');
    const hidden = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement;
      const bar = document.querySelector('.go')!;
      if (!element.closest('form') || bar.contains(element)) return null;
      const [focus, over] = [element.getBoundingClientRect(), bar.getBoundingClientRect()];
      return focus.bottom > over.top && focus.top < over.bottom ? element.outerHTML : '';
    });
    if (hidden === null) continue;
    reached++;
    expect(hidden).toBe('');
  }
  expect(reached).toBeGreaterThan(15);
});

test('P8: the button that copies the link says what it copies, and that it did', async () => {
  const page = await open('#seed=5', { permissions: ['clipboard-write', 'clipboard-read'] });
  await page.getByRole('button', { name: 'Copy link to this experiment' }).click();
  await page.getByRole('status').getByText('Link copied').waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(page.url());
});

test('P4: the live chart is in view when a run starts, and not redrawn at every step', async () => {
  const page = await open('#training.steps=300', { viewport: { width: 1280, height: 720 } });
  await page.getByText(/the untouched model answers/).waitFor();
  await runButton(page).click();
  await page.getByText(/Training soft, step [1-9]\d/).waitFor();
  const chart = results(page)
    .getByRole('img', { name: /shares of the answers/ })
    .first();
  const { y, height } = (await chart.boundingBox())!;
  expect(y).toBeGreaterThanOrEqual(0);
  expect(y + height / 2).toBeLessThan(720);
  const drawn = await chart.evaluate(async (element) => {
    let count = 0;
    new MutationObserver(() => count++).observe(element, { childList: true });
    await new Promise((resolve) => setTimeout(resolve, 2000));
    return count;
  });
  expect(drawn).toBeLessThanOrEqual(6);
});

/** What can be pressed and is smaller than a fingertip hits; links within sentences may be. */
const tooSmall = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('button, select, summary, input, nav a, a.button')].flatMap(
      (element) => {
        const label = element instanceof HTMLInputElement ? element.labels?.[0] : undefined;
        const hit = label?.contains(element) ? label : element;
        const { width, height } = hit.getBoundingClientRect();
        if (width === 0 || element.matches('.sr-only')) return [];
        return width < 24 || height < 24
          ? [`${hit.outerHTML.slice(0, 90)}: ${width}x${height}`]
          : [];
      },
    ),
  );

test.each([1280, 390])(
  'P15: all of it fits and can be hit at %i pixels, and axe finds nothing wrong',
  async (width) => {
    const page = await open('#training.steps=20', {
      viewport: { width, height: 900 },
    });
    await page.getByText(/the untouched model answers/).waitFor();
    for (const title of ['Advanced', /Choose families/])
      await page.getByText(title).first().click();
    await page.getByRole('checkbox', { name: /Open-ended answers/ }).check();
    await page.getByRole('table', { name: /What training takes/ }).waitFor();
    expect(await violations(page)).toEqual([]);
    await runButton(page).click();
    await page.getByRole('progressbar').waitFor();
    expect(await violations(page)).toEqual([]);
    await results(page).getByText('took 42 s').waitFor();
    for (const title of ['The numbers', 'Family by family']) {
      for (const summary of await page.getByText(title, { exact: true }).all()) {
        await summary.click();
      }
    }
    await page.getByRole('radio', { name: 'Own choices' }).check();
    await page.getByRole('textbox', { name: 'Answer 2' }).fill('heads');
    await page.getByRole('alert').waitFor();
    expect(await violations(page)).toEqual([]);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
    expect(await tooSmall(page)).toEqual([]);
  },
);

test('single keys go to views and press buttons, unless someone writes or wants none', async () => {
  const page = await open('#training.steps=20');
  await page.getByText(/self-test passed/).waitFor();
  await page.getByLabel('Name of arm 1').focus();
  await page.keyboard.press('5');
  expect(await page.getByLabel('Name of arm 1').inputValue()).toMatch(/5/);
  await page.getByRole('link', { name: 'Lab', exact: true }).focus();
  await page.keyboard.press('5');
  await page.getByRole('heading', { level: 1, name: /models/i }).waitFor();
  await page.keyboard.press('4');
  await runButton(page).waitFor();

  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await dialog.waitFor();
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('checkbox').uncheck();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  await page.keyboard.press('5');
  await page.keyboard.press('?');
  await dialog.getByRole('checkbox').check();
  await dialog.getByRole('button', { name: 'Close' }).click();
  expect(await runButton(page).isVisible()).toBe(true);
  await page.keyboard.press('r');
  await results(page).getByText('took 42 s').waitFor();
});
