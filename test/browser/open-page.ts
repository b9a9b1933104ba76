// A Chromium for a test file, and pages in it that fail the test on any error they report.
import { type Browser, chromium, type BrowserContextOptions, type Page } from 'playwright';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { chromiumLaunchOptions } from '../../scripts/chromium.mjs';
import type { Served } from './serve.ts';

/** Serves a page for the tests of this file; the returned function opens it in a fresh context. */
export function pagesFrom(serve: () => Promise<Served>) {
  let browser: Browser;
  let served: Served;
  beforeAll(async () => {
    served = await serve();
    browser = await chromium.launch(chromiumLaunchOptions());
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
  });

  return async (address = '', options: BrowserContextOptions = {}): Promise<Page> => {
    const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    page.on('pageerror', (error) => expect.soft(error, 'an error in the page').toBeUndefined());
    await page.goto(served.url + address);
    return page;
  };
}
