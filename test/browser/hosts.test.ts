// The first run of the shipped page, on every kind of host and browser that people come with.
import { describe, expect, onTestFinished, test } from 'vitest';
import { built } from './serve.ts';
import { inEveryEngine } from './visit/engines.ts';
import { type Host, type HostHabits, OTHER_HOST, serveAs } from './visit/host.ts';
import type { Visitor } from './visit/visitor.ts';

/** A run of a few seconds on WebAssembly. */
const SMALL =
  '#data.distribution.family=bernoulli&data.distribution.params.p=0.5' +
  '&training.steps=4&training.batch=1&training.learning_rate=0.005&training.warmup=0' +
  '&evaluation.splits=["train"]&arms=' +
  encodeURIComponent(
    JSON.stringify([
      { name: 'base', method: 'none' },
      { name: 'soft', method: 'soft', paths: 'trie' },
    ]),
  );

async function host(habits: HostHabits): Promise<Host> {
  const served = await serveAs(await built('page'), habits);
  onTestFinished(() => served.close());
  return served;
}

async function runs(page: Visitor): Promise<void> {
  await page.sees(/self-test passed/);
  await page.press('button', 'Run the experiment');
  await page.sees(/After 4 steps, .* of soft’s answers would have to change/);
  await page.sees(/took \d/);
}

const HOSTS: Readonly<Record<string, HostHabits>> = {
  'P3: compresses': { compresses: true },
  'answers no requests for parts': { ignoresRanges: true },
};

/** Headers of the lab's own isolate it; not every host reads them. */
const ISOLATION: readonly [string, HostHabits, boolean][] = [
  ['isolates the page from other origins', {}, true],
  [
    'does not',
    {
      headers: {
        'cross-origin-opener-policy': 'unsafe-none',
        'cross-origin-embedder-policy': 'unsafe-none',
      },
    },
    false,
  ],
];

const BROWSERS: Readonly<Record<string, HostHabits>> = {
  'has no WebGPU': {
    prelude: {
      to: /worker-/,
      code: `Object.defineProperty(navigator, 'gpu', {value: undefined});`,
    },
  },
  'H5: gives no answer about its GPU': {
    prelude: {
      to: /worker-/,
      code: `Object.defineProperty(navigator, 'gpu', {value: {requestAdapter: () => new Promise(() => {})}});`,
    },
  },
  'keeps its database closed': {
    prelude: {
      to: /worker-|main-/,
      code: `Object.defineProperty(globalThis, 'indexedDB', {get() { throw new DOMException('closed', 'SecurityError'); }});`,
    },
  },
};

inEveryEngine((visit) => {
  describe('a first run on a host that', () => {
    test.each(Object.entries(HOSTS))('%s', async (_, habits) => {
      const { url, violations } = await host(habits);
      const page = await visit(url, SMALL);
      await runs(page);
      // It is told by its headers, part by part.
      await page.press('link', 'Models');
      await page.sees('This is the model of the experiment.');
      expect(violations).toEqual([]);
    });

    test.each(ISOLATION)('P1: %s', async (_, habits, isolates) => {
      const { url, violations } = await host(habits);
      const page = await visit(`${url}?backend=wasm`, SMALL);
      await runs(page);
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(isolates);
      expect(violations).toEqual([]);
    });

    test('P2: has a name of its own and no certificate', async () => {
      const { url, violations } = await host({ name: OTHER_HOST });
      const page = await visit(url, SMALL);
      expect(await page.evaluate(() => isSecureContext)).toBe(false);
      await runs(page);
      expect(violations).toEqual([]);
    });
  });

  test('a first run without a connection, after one visit', async () => {
    const served = await host({});
    const page = await visit(served.url);
    await page.evaluate(async () => void (await navigator.serviceWorker.ready));
    await served.close();
    await page.go('#models');
    await page.go(SMALL);
    await page.reload();
    await runs(page);
    await page.go('?backend=wasm#stage&race=races/beta.json');
    await page.sees(/is closer/);
    await page.go('?backend=wasm#stage&ask=coin&raced=1');
    await page.reload();
    await page.sees(/shown 40 sampled answers/);
  });

  describe('a first run in a browser that', () => {
    test.each(Object.entries(BROWSERS))('%s', async (_, habits) => {
      const { url } = await host(habits);
      await runs(await visit(url, SMALL));
    });
  });
});
