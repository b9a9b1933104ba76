// The tree of answers by keyboard: walked, drawn from, moved by a training step.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';
import { describe, expect, test } from 'vitest';
import { violations } from './accessibility.ts';
import { pagesFrom } from './open-page.ts';
import { servePage } from './serve.ts';

const MODEL = fileURLToPath(new URL('../../public/models/builtin/config.json', import.meta.url));

/** Presses what has that name, by keyboard alone. */
async function press(page: Page, name: string | RegExp): Promise<void> {
  const button = page.getByRole('button', { name, exact: typeof name === 'string' });
  await button.and(page.locator(':not([aria-disabled=true])')).focus();
  await page.keyboard.press('Enter');
}
/** [branches][target, soft, hard] of the table. */
const shares = async (page: Page) =>
  (await page.locator('.table tbody tr').allInnerTexts()).map((row) =>
    row.split(/\s+/).slice(-3).map(Number),
  );

describe.skipIf(!existsSync(MODEL))('the tree of answers', () => {
  const open = pagesFrom(servePage);

  test('is walked by keyboard, and one training step moves its widths', async () => {
    const page = await open('#trie&ask=die', {}, 'no WebGPU');
    await page.getByText(/^step 0 of 40/).waitFor();
    const before = await shares(page);
    expect(before.map(([target]) => target)).toEqual(Array(6).fill(0.1667));
    // The rate of the first step is 0: the schedule warms up.
    for (const step of [1, 2, 3]) {
      await press(page, 'One training step');
      await page.getByText(new RegExp(`^step ${step} of 40`)).waitFor();
    }
    const after = await shares(page);
    expect(after.map(([target]) => target)).toEqual(before.map(([target]) => target));
    expect(after).not.toEqual(before);

    await press(page, 'Draw one answer');
    await page.getByText(/^Drawn: “[1-6]”/).waitFor();
    await press(page, 'Follow it one token');
    await page.getByText(/^After “[1-6]”/).waitFor();
    expect((await shares(page)).map(([target]) => target)).toEqual([1]);
    await press(page, 'start');
    await press(page, 'Go on with 3');
    await page.getByText(/^After “3”/).waitFor();
    expect(await violations(page)).toEqual([]);
    // Leaving for the stage takes the race along.
    await press(page, 'The other steps');
    await page.getByText(/^step 40 of 40/).waitFor();
  });
});
