// A person at a keyboard, who has no mouse.
import type { Locator, Page } from 'playwright';

/** More than there is to be reached on a page. */
const MOST_TABS = 60;

/** Presses a button: from where the focus is, forwards or backwards. */
export async function press(
  page: Page,
  button: string | Locator,
  tab: 'Tab' | 'Shift+Tab' = 'Tab',
): Promise<void> {
  const found =
    typeof button === 'string' ? page.getByRole('button', { name: button, exact: true }) : button;
  const enabled = found.and(page.locator(':not([aria-disabled=true])'));
  await enabled.waitFor();
  const focused = enabled.and(page.locator(':focus'));
  for (let i = 0; (await focused.count()) === 0; i++) {
    if (i === MOST_TABS) throw new Error(`${String(button)} is not reached by ${tab}`);
    await page.keyboard.press(tab);
  }
  await page.keyboard.press('Enter');
}
