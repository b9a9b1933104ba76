// Nothing moves under a hand: what comes later, such as the machine or its costs, has its place from the start.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';
import { describe, expect, test } from 'vitest';
import { pagesFrom } from './open-page.ts';
import { servePage } from './serve.ts';

const MODEL = fileURLToPath(new URL('../../public/models/builtin/config.json', import.meta.url));

const SIZES = [
  { width: 1280, height: 720 },
  { width: 768, height: 1024 },
  { width: 390, height: 844 },
];
/** Of the score of Web Vitals, of which 0.1 counts as good; a line of text that grows where it ends makes 0.002. */
const MOST_SHIFT = 0.01;

interface Watched {
  shifts: { value: number; moved: string[] }[];
}

/** Has the page note whatever moves that nobody touched. */
async function watch(page: Page) {
  await page.addInitScript(() => {
    const { shifts } = Object.assign(globalThis as unknown as Watched, { shifts: [] as never[] });
    type Shift = PerformanceEntry & { value: number; sources: { node: Node | null }[] };
    new PerformanceObserver((list) => {
      for (const { value, sources } of list.getEntries() as Shift[]) {
        const moved = sources.map(({ node }) => node?.textContent?.trim().slice(0, 40) ?? '');
        (shifts as Watched['shifts']).push({ value, moved });
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
}

const VIEWS = [
  {
    view: 'the stage',
    address: '',
    button: /^(Teach|Stop)/,
    async settles(page: Page) {
      await page.getByRole('button', { name: /^Teach it · \d+ s/ }).waitFor();
    },
  },
  {
    view: 'the lab',
    address: '#lab',
    button: 'Run the experiment',
    async settles(page: Page) {
      await page.getByText(/The lab does not use WebGPU/).waitFor();
      await page.getByText(/the untouched model answers/).waitFor();
      await page
        .getByText(/is a rate to begin with|MB/)
        .first()
        .waitFor();
    },
  },
];

describe.skipIf(!existsSync(MODEL))('nothing moves by itself', () => {
  const open = pagesFrom(servePage);

  describe.each(SIZES)('at $width × $height', (viewport) => {
    test.each(VIEWS)('on $view', async ({ address, button, settles }) => {
      const page = await open(address, { viewport }, 'no WebGPU', watch);
      const place = () => page.getByRole('button', { name: button }).boundingBox();
      const before = (await place())!;
      await settles(page);
      // On a phone the lab's button waits below.
      if (before.y < viewport.height) expect(await place()).toEqual(before);
      const shifts = await page.evaluate(() => (globalThis as unknown as Watched).shifts);
      const sum = shifts.reduce((all, { value }) => all + value, 0);
      expect(sum, JSON.stringify(shifts)).toBeLessThan(MOST_SHIFT);
    });
  });

  test('the button of the stage stays where it is pressed, through a race and after it', async () => {
    const page = await open('#stage&ask=fruit', {}, 'no WebGPU');
    const place = () => page.getByRole('button', { name: /^(Teach|Stop)/ }).boundingBox();
    await page.getByRole('button', { name: /^Teach it · \d+ s/ }).click();
    const before = await place();
    await page.getByRole('button', { name: /^Stop · [1-9]/ }).waitFor();
    expect(await place()).toEqual(before);
    await page.getByRole('button', { name: 'Teach it again' }).waitFor();
    expect(await place()).toEqual(before);
  });
});
