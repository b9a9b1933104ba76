// A newcomer's first minute on WebAssembly, timed and held to its limits: `npx tsx bench/newcomer.ts`
// after `npm run build`. Each visit has a cold cache; ends with exit code 1 where one takes longer.
import { preview } from 'vite';
import { launchChromium } from '../cli/chromium/launch.ts';

const VISITS = 3;
/** In seconds: from the address to the hundred answers, from the click to the verdict. */
const LIMITS = { interactive: 1.5, hundred: 3, race: 12 };

const server = await preview({ preview: { open: false, port: 0 }, logLevel: 'error' });
const browser = await launchChromium();
const home = `${server.resolvedUrls!.local[0]!}?backend=wasm`;

async function visit() {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  try {
    const page = await context.newPage();
    let began = performance.now();
    const seconds = () => (performance.now() - began) / 1000;
    const button = page.getByRole('button', { name: /^Teach it/ });
    const verdict = (answers: number) => page.getByText(`shown ${answers} sampled answers`);
    await page.goto(home);
    await button.waitFor();
    const interactive = seconds();
    await page.getByText(/^a hundred answers: \d+ different/).waitFor();
    const hundred = seconds();
    await button.and(page.locator('[aria-disabled=false]')).click();
    began = performance.now();
    await verdict(40).waitFor();
    const race = seconds();
    await page.getByRole('button', { name: 'show hard 16 answers a step' }).click();
    began = performance.now();
    await verdict(640).waitFor();
    return { interactive, hundred, race, 'race with 16 answers': seconds() };
  } finally {
    await context.close();
  }
}

try {
  for (let i = 0; i < VISITS; i++) {
    const took = await visit();
    console.log(JSON.stringify(took));
    const late = Object.entries(LIMITS).filter(([what, limit]) => took[what as 'race'] > limit);
    if (late.length === 0) continue;
    console.error(
      `beyond its limit: ${late.map(([what, limit]) => `${what}, ${limit} s`).join('; ')}`,
    );
    process.exitCode = 1;
  }
} finally {
  await browser.close();
  await server.close();
}
