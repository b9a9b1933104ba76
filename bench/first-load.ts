// First load of the built page: what crosses the wire before it can be used, and how soon that is.
// `npx tsx bench/first-load.ts` after `npm run build`. Model requests are held back throughout, so
// the figures are those of a page whose model is still downloading.
import { gzipSync } from 'node:zlib';
import { preview } from 'vite';
import { launchChromium } from '../cli/chromium/launch.ts';

interface Loaded {
  readonly path: string;
  readonly bytes: number;
  readonly gzipped: number;
}

const server = await preview({ preview: { open: false }, logLevel: 'error' });
const browser = await launchChromium();
try {
  const page = await browser.newPage();
  const loaded: Promise<Loaded>[] = [];
  await page.route('**/models/**', () => new Promise(() => {}));
  page.on('response', (response) => {
    loaded.push(
      response.body().then((body) => ({
        path: new URL(response.url()).pathname,
        bytes: body.length,
        gzipped: gzipSync(body).length,
      })),
    );
  });
  const began = performance.now();
  await page.goto(server.resolvedUrls!.local[0]!);
  await page.getByRole('button', { name: /^Teach it/ }).waitFor();
  const usable = performance.now() - began;
  const bytesToUsable = await Promise.all(loaded.splice(0));
  // A worker's own scripts are not among those of the page.
  const own = await page.evaluate(() =>
    performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname),
  );
  const scripts = bytesToUsable.filter(
    ({ path }) => /\.js$/.test(path) && !/worker-/.test(path) && own.includes(path),
  );
  // The whole story without a model: the race that ships with the page.
  await page.getByRole('button', { name: /^Watch a race/ }).click();
  await page.getByText(/is closer/).waitFor();
  const race = performance.now() - began;
  const bytesToRace = await Promise.all(loaded);
  const paint = await page.evaluate(
    () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
  );
  const sum = (list: Loaded[], of: 'bytes' | 'gzipped') =>
    list.reduce((total, entry) => total + entry[of], 0);
  console.log(
    JSON.stringify(
      {
        first_contentful_paint_ms: paint,
        script_before_worker_gzipped: sum(scripts, 'gzipped'),
        usable: {
          ms: usable,
          bytes: sum(bytesToUsable, 'bytes'),
          gzipped: sum(bytesToUsable, 'gzipped'),
        },
        finished_race_shown: {
          ms: race,
          bytes: sum([...bytesToUsable, ...bytesToRace], 'bytes'),
          gzipped: sum([...bytesToUsable, ...bytesToRace], 'gzipped'),
        },
        files: [...bytesToUsable, ...bytesToRace],
      },
      null,
      2,
    ),
  );
} finally {
  await browser.close();
  await server.close();
}
