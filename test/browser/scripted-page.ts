// The page with a scripted study, without a model or a GPU, and the parts of it that tests look at.
import type { Page } from 'playwright';
import { pagesFrom } from './open-page.ts';
import { serveDouble } from './serve.ts';

/** To be called once in a test file; returns what opens the page. */
export const scriptedPages = () => pagesFrom(serveDouble);

export const runButton = (page: Page) => page.getByRole('button', { name: 'Run the experiment' });
export const results = (page: Page) => page.getByRole('region', { name: 'Results' });
export const history = (page: Page) => page.getByRole('region', { name: 'Runs in this browser' });

export async function finishRun(page: Page): Promise<void> {
  await runButton(page).click();
  await results(page).getByText('took 42 s').waitFor();
}
