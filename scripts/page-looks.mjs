// Takes the looks of faults-on-page.mjs at a built page, each in a browser of its own.
import { chromium } from 'playwright';
import { register } from 'tsx/esm/api';
import { chromiumLaunchOptions } from './chromium.mjs';

register();
const { serveAs } = await import('../test/browser/visit/host.ts');

/** A look that has not ended by then tells as much. */
const MS = 700_000;

/** @param gpu whether with WebGPU, whose absence takes nothing from most of what is looked at */
function launchOptions(gpu) {
  const { args, ...options } = chromiumLaunchOptions();
  if (gpu) return { ...options, args };
  const without = args.filter((arg) => !/webgpu|Vulkan/.test(arg));
  const names = '--host-resolver-rules=MAP lab.test 127.0.0.1';
  return { ...options, args: [...without, '--disable-gpu', names] };
}

/** @param dist the built page @returns what was seen */
export async function lookAtPage(dist, { habits = {}, gpu = false, address, view, look }) {
  // What a version ships of itself is looked at, not what today's hosts add.
  const headers = { 'content-security-policy': '', ...habits.headers };
  const host = await serveAs(dist, { ...habits, headers });
  const browser = await chromium.launch(launchOptions(gpu));
  try {
    const page = await browser.newPage({
      reducedMotion: 'reduce',
      ...(view && { viewport: view }),
    });
    page.setDefaultTimeout(20_000);
    await page.goto(host.url + address);
    const late = new Promise((resolve) => setTimeout(resolve, MS, 'no end').unref());
    return await Promise.race([look(page), late]);
  } catch (error) {
    return `no way to look: ${error.message.split('\n')[0]}`;
  } finally {
    await browser.close();
    await host.close();
  }
}
