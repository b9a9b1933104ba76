// K5: two tabs on one browser's runs, in random interleavings of start, cancel, resume, delete and
// reload: no row is written twice, and none is lost. `LAB_CAMPAIGN=20` makes it twenty interleavings.
/* eslint-disable @typescript-eslint/no-explicit-any -- what files and databases hold is looked at freely */
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { randomStream } from '../../src/core/random.ts';
import { campaign } from '../support/campaign.ts';
import { runButton, scriptedPages } from './scripted-page.ts';

const open = scriptedPages();
/** Rows of a whole scripted study: three arms on 24 + 24 + 6 prompts. */
const ROWS = 3 * 54;
const MOVES = 12;

interface Outcome {
  readonly runs: number;
  readonly done: number;
  /** Sentences; none where all is well. */
  readonly faults: readonly string[];
}

type Move = 'start' | 'cancel' | 'resume' | 'delete' | 'reload';

/** Makes a move where the page offers it. */
async function make(page: Page, move: Move): Promise<void> {
  const press = async (name: RegExp) => {
    const button = page.getByRole('button', { name }).first();
    await button.click({ timeout: 300 }).catch(() => {});
  };
  switch (move) {
    case 'start':
      return press(/^Run the experiment/);
    case 'cancel':
      return press(/^Cancel$/);
    case 'resume':
      return press(/^(Resume at the last checkpoint|Start it now)/);
    case 'delete':
      await press(/^Delete(?! for good)/);
      return press(/^Delete for good/);
    case 'reload':
      await page.reload();
  }
}

/** What the browser's database has of every run. */
const stored = (page: Page) =>
  page.evaluate(async () => {
    const asked = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error!);
      });
    const db = await asked(indexedDB.open('calibration-lab'));
    const all = <T>(store: string) =>
      asked(db.transaction(store).objectStore(store).getAll() as IDBRequest<T[]>);
    const [runs, events] = [await all<any>('runs'), await all<any>('events')];
    const damaged = await all('damaged');
    db.close();
    return { runs, events, damaged };
  });

function faultsIn({ runs, events, damaged }: Awaited<ReturnType<typeof stored>>): string[] {
  const faults = damaged.map((record) => `damaged: ${JSON.stringify(record)}`);
  const ids = new Set(runs.map(({ id }) => id));
  for (const { run } of events) if (!ids.has(run)) faults.push(`${run} came back after its end`);
  for (const { id, status } of runs) {
    const own = events.filter(({ run }) => run === id).flatMap((chunk) => chunk.events);
    const rows = own.filter(({ type }) => type === 'row').map(({ row }) => row);
    const keys = new Set(rows.map(({ arm, split, id: prompt }) => `${arm} ${split} ${prompt}`));
    if (keys.size !== rows.length) faults.push(`${id} has rows twice`);
    if (status === 'done' && rows.length !== ROWS) faults.push(`${id} has ${rows.length} rows`);
    const steps = own.filter(({ type, arm }) => type === 'step' && arm === 'soft');
    if (steps.some(({ step }, i) => step !== i + 1)) faults.push(`${id} has gaps in its steps`);
  }
  return faults;
}

test.skipIf(process.env.LAB_CAMPAIGN === undefined)(
  'K5: two tabs on one run write no row twice and lose none',
  async () => {
    const outcomes = await campaign('two-tabs', 2, async (seed): Promise<Outcome> => {
      const first = await open('#training.steps=60');
      const second = await first.context().newPage();
      await second.goto(first.url());
      const random = randomStream(seed, 'two tabs');
      const pick = <T>(items: readonly T[]): T =>
        items[Math.floor(random.uniform() * items.length)]!;
      await make(first, 'start');
      for (let i = 0; i < MOVES; i++) {
        const move = pick<Move>(['start', 'cancel', 'resume', 'resume', 'delete', 'reload']);
        await make(pick([first, second]), move);
        await first.waitForTimeout(random.uniform() * 1500);
      }
      // Whatever is left is brought to an end by one tab.
      await make(second, 'cancel');
      await second.waitForTimeout(500);
      await second.close();
      await first.reload();
      await runButton(first).waitFor();
      await make(first, 'resume');
      await runButton(first).waitFor();
      await first.waitForTimeout(1500);
      const all = await stored(first);
      const done = all.runs.filter(({ status }) => status === 'done').length;
      await first.context().close();
      return { runs: all.runs.length, done, faults: faultsIn(all) };
    });
    expect(outcomes.flatMap(({ faults }) => faults)).toEqual([]);
    expect(outcomes.some(({ done }) => done > 0)).toBe(true);
    console.log(JSON.stringify(outcomes));
  },
  3_600_000,
);
