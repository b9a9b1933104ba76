// One owner for each run, over all tabs.
import { expect, test } from 'vitest';
import { RunLocks } from '../../../../src/lab/runs/run-locks.ts';

/** What the browser shares between tabs. */
function browserLocks() {
  const held = new Set<string>();
  type Hold = (lock: Lock | null) => unknown;
  return {
    request: async (name: string, _: LockOptions, hold: Hold) => {
      if (held.has(name)) return hold(null);
      held.add(name);
      try {
        return await hold({ name, mode: 'exclusive' });
      } finally {
        // As in a browser, a moment after the promise has settled.
        await Promise.resolve();
        held.delete(name);
      }
    },
    query: async () => ({ held: [...held].map((name) => ({ name })), pending: [] }),
  } as unknown as LockManager;
}

test('K5: of two tabs one owns a run', async () => {
  const browser = browserLocks();
  const [one, two] = [new RunLocks(browser), new RunLocks(browser)];
  const release = await one.claim('a');
  expect(await two.claim('a')).toBeNull();
  expect(await two.elsewhere()).toEqual(['a']);
  expect(await two.claim('b')).not.toBeNull();
  await release!();
  expect(await two.claim('a')).not.toBeNull();
  expect(await one.elsewhere()).toEqual(['b', 'a']);
});

test('P5: a run is free as soon as this tab lets it go', async () => {
  const locks = new RunLocks(browserLocks());
  const release = await locks.claim('a');
  expect(await locks.elsewhere()).toEqual([]);
  expect(await locks.claim('a')).toBeNull();
  await release!();
  expect(await locks.elsewhere()).toEqual([]);
  expect(await locks.claim('a')).not.toBeNull();
});

test('where the browser has no locks, a tab still does not work on a run twice', async () => {
  const locks = new RunLocks(undefined);
  const release = await locks.claim('a');
  expect(await locks.claim('a')).toBeNull();
  await release!();
  expect(await locks.claim('a')).not.toBeNull();
});

test('a run that the browser failed to lock can be claimed once more', async () => {
  const browser = browserLocks();
  const { request } = browser;
  browser.request = () => Promise.reject(new DOMException('the page is not active'));
  const locks = new RunLocks(browser);
  await expect(locks.claim('a')).rejects.toThrow('the page is not active');
  browser.request = request;
  expect(await locks.claim('a')).not.toBeNull();
});
