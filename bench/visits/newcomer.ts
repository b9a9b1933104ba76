// A newcomer's first minute, step by step, waiting for nothing longer than its limit.
import type { Browser, Locator } from 'playwright';

/** In seconds: from the address to the hundred answers, from the click to the verdict. */
const LIMITS = { hundred: 3, race: 12 };
/** Nothing is promised of the second race; so long is waited for it. */
const PATIENCE = 60;

const VERDICT =
  /Told the whole distribution, the model ends (\d+|< 1) % away; shown \d+ sampled answers, (\d+|< 1) % away\. (Soft|Hard|Neither) is closer\./;

type Milestone = 'button' | 'hundred' | 'race' | 'race with 16 answers';

export interface FirstMinute {
  /** Seconds until each thing was there. */
  readonly took: Readonly<Record<Milestone, number>>;
  /** What the hundred answers are said to be, and how many of them are drawn. */
  readonly hundred: { readonly words: string; readonly dots: number };
  /** Both distances and who is closer. */
  readonly verdict: string;
  /** The points of the tradeoff, in words: after the first race and after the second. */
  readonly tradeoff: readonly [string, string];
}

/** One visit with a cold cache. @throws Error naming what was not there in time */
export async function newcomer(browser: Browser, home: string): Promise<FirstMinute> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  try {
    const page = await context.newPage();
    const button = page.getByRole('button', { name: /^Teach it/ });
    const saidOf = (answers: number) =>
      page.getByRole('status').filter({ hasText: `shown ${answers} sampled answers` });
    const tradeoff = async () =>
      (await page.getByRole('img', { name: /^Answers seen/ }).getAttribute('aria-label'))!;

    const arrival = clock();
    await page.goto(`${home}?backend=wasm`, { waitUntil: 'commit' });
    const untilButton = await arrival.until(button, LIMITS.hundred, 'the button');
    const untouched = page.getByRole('region', { name: /^untouched/ });
    const collapse = untouched.getByText(/^a hundred answers: \d+ different/);
    const untilHundred = await arrival.until(collapse, LIMITS.hundred, 'a hundred answers');
    const words = (await collapse.textContent())!;
    const dots = await untouched.locator('circle').count();

    const ready = button.and(page.locator('[aria-disabled=false]'));
    const click = clock();
    await ready.click({ timeout: LIMITS.race * 1000 });
    const said = saidOf(40).filter({ hasText: VERDICT });
    const untilVerdict = await click.until(said, LIMITS.race, 'the verdict');
    const [verdict = ''] = VERDICT.exec((await said.textContent())!) ?? [];
    const first = await tradeoff();

    const second = clock();
    await page.getByRole('button', { name: 'show hard 16 answers a step' }).click();
    const untilSecond = await second.until(saidOf(640), PATIENCE, 'the second verdict');
    return {
      took: {
        button: untilButton,
        hundred: untilHundred,
        race: untilVerdict,
        'race with 16 answers': untilSecond,
      },
      hundred: { words, dots },
      verdict,
      tradeoff: [first, await tradeoff()],
    };
  } finally {
    await context.close();
  }
}

function clock() {
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  return {
    /** Waits until something is there, at most so many seconds since the clock began. */
    async until(what: Locator, limit: number, name: string): Promise<number> {
      try {
        await what.waitFor({ state: 'attached', timeout: Math.max(1, (limit - seconds()) * 1000) });
      } catch {
        throw new Error(`${name}: not there within ${limit} s`);
      }
      return seconds();
    },
  };
}
