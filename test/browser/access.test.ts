// The page for keyboards, screen readers and narrow screens, with a scripted study behind it.
import { describe, expect, test } from 'vitest';
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

describe.each(['light', 'dark'] as const)('in the %s scheme', (colorScheme) => {
  test.each([1280, 390])('axe finds nothing wrong at %i pixels', async (width) => {
    const page = await open('#training.steps=20', {
      colorScheme,
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
  });
});
