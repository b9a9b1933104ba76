// A newcomer's first minute on WebAssembly, timed: `npx tsx bench/newcomer.ts` after `npm run build`.
// Each visit has a cold cache; ends with exit code 1 where one takes longer than it may.
import { preview } from 'vite';
import { launchChromium } from '../cli/chromium/launch.ts';
import { newcomer } from './visits/newcomer.ts';

const VISITS = 3;
/** Seconds until the page can be used. */
const BUTTON = 1.5;

const server = await preview({ preview: { open: false, port: 0 }, logLevel: 'error' });
try {
  for (let i = 0; i < VISITS; i++) {
    const browser = await launchChromium();
    try {
      const { took } = await newcomer(browser, server.resolvedUrls!.local[0]!);
      console.log(JSON.stringify(took));
      if (took.button > BUTTON) throw new Error(`the button: not there within ${BUTTON} s`);
    } catch (thrown) {
      console.error(`error: ${(thrown as Error).message}`);
      process.exitCode = 1;
    } finally {
      await browser.close();
    }
  }
} finally {
  await server.close();
}
