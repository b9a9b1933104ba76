// The engines that tests are run in: Chromium, and Firefox where one is installed.
import { afterAll, beforeAll, describe, onTestFinished } from 'vitest';
import { findFirefox } from '../../../scripts/firefox.mjs';
import { startChromium } from './chromium-visitor.ts';
import { startFirefox } from './firefox-visitor.ts';
import type { Visitor } from './visitor.ts';

/** Opens a page in a fresh profile, until the test is over. */
export type Visit = (home: string, address?: string) => Promise<Visitor>;

const firefox = findFirefox();
const ENGINES = [
  { name: 'Chromium', start: startChromium },
  { name: 'Firefox', start: firefox === undefined ? null : () => startFirefox(firefox) },
];

/** Tests that hold in every engine. */
export function inEveryEngine(tests: (visit: Visit, engine: string) => void): void {
  for (const { name, start } of ENGINES) {
    if (!start) console.warn(`${name} is not installed: nothing is tested in it.`);
    describe.skipIf(!start)(`in ${name}`, () => {
      let browser: Awaited<ReturnType<typeof startChromium>>;
      beforeAll(async () => {
        browser = await start!();
      });
      afterAll(() => browser?.close());
      tests(async (home, address = '') => {
        const visitor = await browser.visit(home);
        onTestFinished(() => visitor.close());
        await visitor.go(address);
        return visitor;
      }, name);
    });
  }
}
