// How a long run keeps its pace with the page open: steps a second, the page's work for each and its heap,
// from beginning to end of 20,000 scripted steps, with charts, scores and reports on the page.
// `node --import tsx bench/long-run.ts [STEPS]`
// A scripted step takes 4 ms, less than any model's, and shares the page's thread, which a real one does
// not: what the page itself costs shows here first.
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { build, preview } from 'vite';
import { chromiumLaunchOptions } from '../scripts/chromium.mjs';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const STEPS = Number(process.argv[2] ?? 20_000);
const WINDOWS = 10;
/** Reports of the arms before, so that they are there while others train. */
const REPORTS = '&evaluation.open=true&evaluation.mcq=true&evaluation.retention=true';

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
  await tab.goto(`${server.resolvedUrls!.local[0]}?pace=4#training.steps=${STEPS}${REPORTS}`);
  await tab.getByRole('button', { name: 'Run the experiment' }).click();
  await tab.getByText(/Training soft, step [\d,]+ of/).waitFor();
  /** Looked up as cheaply as can be: what looks for texts works as much as the page does. */
  const stepNow = async () => {
    const expression = `document.querySelector('[role=progressbar]')?.ariaValueText ?? ''`;
    const { result } = await session.send('Runtime.evaluate', { expression });
    const said = /Training soft, step ([\d,]+) of/.exec(String(result.value))?.[1];
    return said === undefined ? STEPS : Number(said.replaceAll(',', ''));
  };
  const heap = async () => {
    await session.send('HeapProfiler.collectGarbage');
    return (await session.send('Runtime.getHeapUsage')).usedSize / 2 ** 20;
  };
  // Processor time of the page's thread: other programs on the machine do not lengthen it.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const busy = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')!.value;
  };
  const windows: {
    until: number;
    steps_per_s: number;
    page_ms_per_step: number;
    heap_mib: number;
  }[] = [];
  let [last, began, spent] = [0, performance.now(), await busy()];
  while (windows.length < WINDOWS) {
    const step = await stepNow();
    if (step < ((windows.length + 1) * STEPS) / WINDOWS) {
      await tab.waitForTimeout(100);
      continue;
    }
    const [steps, seconds, work] = [step - last, (performance.now() - began) / 1000, await busy()];
    windows.push({
      until: step,
      steps_per_s: steps / seconds,
      page_ms_per_step: ((work - spent) * 1000) / steps,
      heap_mib: await heap(),
    });
    [last, began, spent] = [step, performance.now(), await busy()];
  }
  const [first, final] = [windows[0]!, windows.at(-1)!];
  console.log(
    JSON.stringify(
      {
        windows,
        rate_kept: final.steps_per_s / first.steps_per_s,
        work_kept: first.page_ms_per_step / final.page_ms_per_step,
      },
      null,
      2,
    ),
  );
} finally {
  await browser.close();
  await server.close();
}
