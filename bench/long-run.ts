// How a long run keeps its pace with the page open: steps a second and the page's heap, from beginning
// to end of 20,000 scripted steps. `node --import tsx bench/long-run.ts [STEPS]`
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { build, preview } from 'vite';
import { chromiumLaunchOptions } from '../scripts/chromium.mjs';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const STEPS = Number(process.argv[2] ?? 20_000);
const WINDOWS = 10;

const page = {
  root: at('../test/browser/double'),
  configFile: at('../vite.config.ts'),
  build: { outDir: at('../test-results/long-run'), emptyOutDir: true },
};
await build({ ...page, logLevel: 'warn' });
const server = await preview({ ...page, preview: { port: 0, host: '127.0.0.1' } });
const browser = await chromium.launch(chromiumLaunchOptions());
try {
  const tab = await browser.newPage();
  const session = await tab.context().newCDPSession(tab);
  await tab.goto(`${server.resolvedUrls!.local[0]}?pace=0#training.steps=${STEPS}`);
  await tab.getByRole('button', { name: 'Run the experiment' }).click();
  const line = tab.getByText(/Training soft, step [\d,]+ of/);
  await line.waitFor();
  const heap = async () => {
    await session.send('HeapProfiler.collectGarbage');
    return (await session.send('Runtime.getHeapUsage')).usedSize / 2 ** 20;
  };
  const windows: { until: number; steps_per_s: number; heap_mib: number }[] = [];
  let [last, began] = [0, performance.now()];
  while (windows.length < WINDOWS) {
    const words = await line.textContent({ timeout: 1000 }).catch(() => null);
    const step =
      words === null ? STEPS : Number(/step ([\d,]+)/.exec(words)![1]!.replace(/,/g, ''));
    if (step < ((windows.length + 1) * STEPS) / WINDOWS) {
      await tab.waitForTimeout(50);
      continue;
    }
    const rate = ((step - last) / (performance.now() - began)) * 1000;
    windows.push({ until: step, steps_per_s: rate, heap_mib: await heap() });
    [last, began] = [step, performance.now()];
  }
  const [first, final] = [windows[0]!, windows.at(-1)!];
  console.log(
    JSON.stringify({ windows, rate_kept: final.steps_per_s / first.steps_per_s }, null, 2),
  );
} finally {
  await browser.close();
  await server.close();
}
