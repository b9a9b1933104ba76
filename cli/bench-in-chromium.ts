// Benchmarks on WebGPU: a page of the bench folder in a headless Chromium.
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { createServer } from 'vite';
import type { BenchFigures, BenchOptions } from '../bench/measure.ts';
import { chromiumLaunchOptions, findChromium } from '../scripts/chromium.mjs';

declare function bench(options: BenchOptions): Promise<BenchFigures>;

/** @throws Error where there is no browser, or no WebGPU in it */
export async function benchInChromium(options: BenchOptions): Promise<BenchFigures> {
  if (findChromium() === undefined) {
    throw new Error('webgpu needs Chrome or Chromium: install one, or set CHROME_PATH to it');
  }
  const server = await createServer({
    root: fileURLToPath(new URL('..', import.meta.url)),
    configFile: false,
    logLevel: 'error',
    cacheDir: 'node_modules/.vite-bench',
    optimizeDeps: { entries: ['bench/index.html'], include: ['@jax-js/jax'] },
    server: { port: 0, hmr: false, watch: null },
  });
  await server.listen();
  const browser = await chromium.launch(chromiumLaunchOptions());
  try {
    const page = await browser.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') process.stderr.write(`${message.text()}\n`);
    });
    await page.goto(`${server.resolvedUrls!.local[0]}bench/index.html`);
    await page.waitForFunction('typeof bench === "function"', null, { timeout: 120_000 });
    return await page.evaluate((wanted) => bench(wanted), options);
  } finally {
    await browser.close();
    await server.close();
  }
}
