// Takes the pictures in docs/ from the built page: `node scripts/screenshots.mjs` after `npm run build`.
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { preview } from 'vite';
import { chromiumLaunchOptions } from './chromium.mjs';

const docs = (name) => fileURLToPath(new URL(`../docs/${name}.png`, import.meta.url));
const server = await preview({ preview: { open: false, port: 0 }, logLevel: 'error' });
const browser = await chromium.launch(chromiumLaunchOptions());
const home = server.resolvedUrls.local[0];

const button = (page, name) => page.getByRole('button', { name });
/** The button, once the model has been asked. */
const teach = (page) =>
  button(page, /^Teach it/)
    .and(page.locator('[aria-disabled=false]'))
    .click();
const verdict = (page, answers) => page.getByText(`shown ${answers} sampled answers`).waitFor();

/** The stage after one race with an answer a step and one with sixteen. */
async function races(page) {
  await teach(page);
  await verdict(page, 40);
  await button(page, 'show hard 16 answers a step').click();
  await verdict(page, 640);
}

const STAGE = '?backend=wasm#stage';
const WIDE = { width: 1280, height: 720 };
const PICTURES = [
  {
    name: 'stage-before',
    address: STAGE,
    size: WIDE,
    // How long a race takes has been measured.
    act: (page) => button(page, /^Teach it · \d+ s/).waitFor(),
  },
  { name: 'stage', address: STAGE, size: WIDE, act: races },
  { name: 'stage-768', address: STAGE, size: { width: 768, height: 1024 }, act: races },
  { name: 'stage-390', address: STAGE, size: { width: 390, height: 844 }, act: races, dark: true },
  {
    name: 'screenshot',
    address:
      '?backend=wasm#data.distribution.family=beta&data.distribution.params.alpha=2' +
      '&data.distribution.params.beta=5&training.steps=120',
    size: { width: 1110, height: 900 },
    part: 'section[aria-labelledby=results-heading]',
    async act(page) {
      await button(page, 'Run the experiment').click();
      await page
        .getByText(/took \d/)
        .first()
        .waitFor();
    },
  },
  {
    name: 'tree',
    address: '?backend=wasm#trie',
    size: { width: 1280, height: 1074 },
    async act(page) {
      await page.getByText(/^step 0 of 40/).waitFor();
      await button(page, 'One training step').click();
      await page.getByText(/^step 1 of 40/).waitFor();
      await button(page, 'The other steps').click();
      await page.getByText(/^step 40 of 40/).waitFor();
      await button(page, 'Draw one answer').click();
    },
  },
];

const only = process.argv.slice(2);
try {
  for (const { name, address, size, act, part, dark } of PICTURES) {
    if (only.length > 0 && !only.includes(name)) continue;
    const context = await browser.newContext({
      viewport: size,
      reducedMotion: 'reduce',
      colorScheme: dark ? 'dark' : 'light',
    });
    const page = await context.newPage();
    // A machine with other work takes its time.
    page.setDefaultTimeout(600_000);
    await page.goto(home + address);
    await act(page);
    // What was pressed may have been scrolled to.
    await page.evaluate(() => window.scrollTo(0, 0));
    await page.mouse.move(0, 0);
    await (part ? page.locator(part) : page).screenshot({ path: docs(name) });
    await context.close();
    console.log(docs(name));
  }
} finally {
  await browser.close();
  server.httpServer.closeAllConnections();
  await server.close();
}
