// Benchmarks on WebGPU, each task in a worker of a page in a headless Chromium.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';
import type { BenchPage } from './browser/page.ts';
import { launchChromium } from '../../cli/chromium/launch.ts';
import { buildPage, servePage } from '../../cli/chromium/serve-page.ts';
import type { Place, Thread } from './place.ts';

declare const bench: BenchPage;

const CONFIG = fileURLToPath(new URL('./browser/vite.config.ts', import.meta.url));

/** Builds the page and opens it. @throws Error where there is no browser, or no WebGPU in it */
export async function chromiumPlace(): Promise<Place> {
  const outDir = await mkdtemp(join(tmpdir(), 'lab-bench-'));
  const closing = [() => rm(outDir, { recursive: true, force: true })];
  const close = async () => {
    for (const step of closing.splice(0).reverse()) await step();
  };
  try {
    const built = { configFile: CONFIG, outDir };
    await buildPage(built);
    const server = await servePage(built);
    closing.push(() => server.close());
    const browser = await launchChromium();
    closing.push(() => browser.close());
    const page = await browser.newPage();
    await page.goto(server.url);
    await page.waitForFunction('typeof bench === "object"');
    const adapter = await page.evaluate(() => bench.adapter());
    if (adapter === null) throw new Error('webgpu: Chromium offers no WebGPU adapter');
    let opened = 0;
    return {
      backend: 'webgpu',
      adapter,
      versions: { chromium: browser.version() },
      open: (task) => openThread(page, opened++, task),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openThread(page: Page, id: number, task: Parameters<Place['open']>[0]) {
  const close = () => page.evaluate((which) => bench.close(which), id);
  try {
    const openSeconds = await page.evaluate(([which, what]) => bench.open(which, what), [
      id,
      task,
    ] as const);
    const thread: Thread = {
      openSeconds,
      run: () => page.evaluate((which) => bench.run(which), id),
      close,
    };
    return thread;
  } catch (error) {
    await close();
    throw error;
  }
}
