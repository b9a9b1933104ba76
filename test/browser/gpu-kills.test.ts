// K2: the GPU process is killed at random moments of a study, and the study goes on by itself, on
// WebGPU, to the figures that it has undisturbed. `LAB_CAMPAIGN=20` makes it twenty moments.
/* eslint-disable @typescript-eslint/no-explicit-any -- what files and databases hold is looked at freely */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumLaunchOptions } from '../../scripts/chromium.mjs';
import { randomStream } from '../../src/core/random.ts';
import { campaign } from '../support/campaign.ts';
import { type Served, servePage } from './serve.ts';

const MODEL = fileURLToPath(new URL('../../public/models/builtin/config.json', import.meta.url));
const STUDY =
  '?backend=webgpu#data.distribution.family=bernoulli&data.distribution.params.p=0.5' +
  '&training.steps=20&training.batch=1&training.learning_rate=0.005' +
  '&evaluation.splits=["train"]&evaluation.samples=10';
/** A run that a machine's faults end is resumed by hand; none may need it. */
const HAND = 'Resume at the last checkpoint';

interface Outcome {
  /** The whole results.json, without what depends on the clock. */
  readonly figures: unknown;
  readonly backends: readonly string[];
  readonly seconds: number;
  readonly recoveries: number;
}

let served: Served;
beforeAll(async () => {
  served = await servePage();
});
afterAll(() => served?.close());

/** The process that Chromium has for the GPU, as it is now. */
async function gpuProcess(browser: Browser): Promise<number | undefined> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo.find(({ type }) => type === 'GPU')?.id;
}

/** @param disturb is called once the study has been started */
async function runStudy(disturb: (browser: Browser) => Promise<void>): Promise<Outcome> {
  const browser = await chromium.launch(chromiumLaunchOptions());
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(600_000);
    await page.goto(served.url + STUDY);
    await page.getByRole('status').getByText('WebGPU').first().waitFor();
    const began = Date.now();
    await page.getByRole('button', { name: 'Run the experiment' }).click();
    const disturbing = disturb(browser);
    const results = page.getByRole('region', { name: 'Results' });
    const ended = results.getByText(/took \d/);
    await ended
      .or(results.getByRole('button', { name: HAND }))
      .first()
      .waitFor();
    await disturbing;
    const seconds = (Date.now() - began) / 1000;
    expect(await results.getByRole('button', { name: HAND }).count()).toBe(0);
    const recoveries = await results.getByText('went on by itself').count();
    return { ...(await resultsOf(page)), seconds, recoveries };
  } finally {
    await browser.close();
  }
}

async function resultsOf(page: Page): Promise<Pick<Outcome, 'figures' | 'backends'>> {
  const downloading = page.waitForEvent('download');
  await page.getByRole('region', { name: 'Results' }).getByRole('button', { name: /JSON/ }).click();
  const { arms, environment, segments } = JSON.parse(
    await readFile(await (await downloading).path(), 'utf8'),
  );
  for (const { training } of Object.values<any>(arms)) if (training) training.seconds = 0;
  const all = segments ?? [{ environment }];
  return { figures: arms, backends: all.map((it: any) => it.environment.backend) };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.skipIf(!existsSync(MODEL))('a study whose GPU process is killed', () => {
  let undisturbed: Outcome;
  beforeAll(async () => {
    undisturbed = await runStudy(async () => {});
  }, 600_000);

  test('K2: goes on by itself to the figures of an undisturbed one, whenever it is killed', async () => {
    const outcomes = await campaign('gpu-kills', 2, (seed) =>
      runStudy(async (browser) => {
        await pause(randomStream(seed, 'kill').uniform() * undisturbed.seconds * 1000);
        const pid = await gpuProcess(browser);
        if (pid !== undefined) process.kill(pid, 'SIGKILL');
      }),
    );
    for (const { figures, backends } of outcomes) {
      expect(figures).toEqual(undisturbed.figures);
      expect(backends).toEqual(['webgpu']);
    }
    const killed = outcomes.filter(({ recoveries }) => recoveries > 0);
    console.log(
      `${outcomes.length} of ${outcomes.length} finished without a hand, ${killed.length} of them recovered`,
    );
  }, 7_200_000);
});
