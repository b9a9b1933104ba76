// A Chromium for a test file, and pages in it that fail the test on any error they report.
import { type Browser, chromium, type BrowserContextOptions, type Page } from 'playwright';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { chromiumLaunchOptions } from '../../scripts/chromium.mjs';
import type { Served } from './serve.ts';

type Kind = 'WebGPU' | 'no WebGPU';

function launchOptions(kind: Kind) {
  const { args, ...options } = chromiumLaunchOptions();
  return {
    ...options,
    args:
      kind === 'WebGPU'
        ? args
        : [...args.filter((arg) => !/webgpu|Vulkan/.test(arg)), '--disable-gpu'],
  };
}

/** Serves a page for the tests of this file; the returned function opens it in a fresh context. */
export function pagesFrom(serve: () => Promise<Served>) {
  const browsers = new Map<Kind, Browser>();
  let served: Served;
  beforeAll(async () => {
    served = await serve();
  });
  afterAll(async () => {
    for (const browser of browsers.values()) await browser.close();
    await served?.close();
  });

  return async (
    address = '',
    options: BrowserContextOptions = {},
    kind: Kind = 'WebGPU',
    prepare: (page: Page) => Promise<void> = async () => {},
  ): Promise<Page> => {
    let browser = browsers.get(kind);
    if (!browser) browsers.set(kind, (browser = await chromium.launch(launchOptions(kind))));
    const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    page.on('pageerror', (error) => expect.soft(error, 'an error in the page').toBeUndefined());
    page.setDefaultTimeout(240_000);
    await prepare(page);
    await page.goto(served.url + address);
    return page;
  };
}
