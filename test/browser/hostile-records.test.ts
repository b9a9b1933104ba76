// K7, H: stored runs that somebody else wrote: none hides the others, breaks the page, or runs anything.
/* eslint-disable @typescript-eslint/no-explicit-any -- what files and databases hold is looked at freely */
import { expect, test } from 'vitest';
import { finishRun, history, results, scriptedPages } from './scripted-page.ts';

const open = scriptedPages();

const SCRIPT = '<img src="x:" onerror="window.hacked=1"><script>window.hacked=1</script>';

/** What is put in the place of a good run's fields, by the first version, which knew no checksums. */
const RUNS: Record<string, object> = {
  markup: { name: SCRIPT, error: { kind: 'input', message: SCRIPT, advice: SCRIPT } },
  'no experiment': { experiment: null },
  'an experiment that is text': { experiment: SCRIPT },
  'arms that are none': { experiment: { arms: 'soft' } },
  'arms without end': { experiment: { arms: Array(5000).fill({ name: SCRIPT, method: SCRIPT }) } },
  'another kind of status': { status: 'javascript:window.hacked=1' },
  'dates that are none': { createdAt: 'yesterday', updatedAt: {} },
  'dates beyond time': { createdAt: 1e300, updatedAt: -1e300 },
  'a headline of its own': { headline: { [SCRIPT]: { kl: 'x', tv: NaN, valid_mass: null } } },
  'no headline': { headline: null },
  'an environment that is a list': { environment: [SCRIPT] },
  'a series without numbers': { series: { id: 7, place: 'first', count: -1 } },
  'a name that is a number': { name: 7 },
};

/** What is put in the place of its events. */
const EVENTS: Record<string, unknown> = {
  none: null,
  'one that is text': [SCRIPT],
  'one of no kind': [{ type: 'constructor' }, { type: '__proto__' }, {}],
  'a row of nothing': [{ type: 'row', row: null }],
  'a target without values': [{ type: 'target', id: SCRIPT, split: SCRIPT, family: SCRIPT }],
  'a report of markup': [
    { type: 'report', arm: 'soft', name: 'open', report: { figures: SCRIPT, rows: [SCRIPT] } },
  ],
  'a step that is none': [{ type: 'step', arm: SCRIPT, step: 'one', loss: {}, steps: -1 }],
  'a snapshot of nobody': [
    { type: 'snapshot', arm: 'nobody', id: 'nothing', step: 1e300, probabilities: 'all' },
  ],
  'a warning of markup': [{ type: 'warning', message: SCRIPT, advice: SCRIPT }],
};

test('hostile records do no more than give their error', async () => {
  const page = await open('#training.steps=20');
  await finishRun(page);
  const count = await page.evaluate(
    async ([runs, events]) => {
      const asked = <T>(request: IDBRequest<T>) =>
        new Promise<T>((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error!);
        });
      const db = await asked(indexedDB.open('calibration-lab'));
      const writing = db.transaction(['runs', 'events'], 'readwrite');
      const good = (await asked(writing.objectStore('runs').getAll()))[0] as any;
      const chunk = ((await asked(writing.objectStore('events').getAll())) as any[])[0];
      const put = async (id: string, changed: object, listed: unknown) => {
        await asked(
          writing.objectStore('runs').put({ ...good, version: 1, name: id, ...changed, id }),
        );
        await asked(writing.objectStore('events').add({ run: id, from: 0, events: listed }));
      };
      for (const [id, changed] of Object.entries(runs)) await put(id, changed, chunk.events);
      for (const [id, listed] of Object.entries(events)) await put(`events: ${id}`, {}, listed);
      db.close();
      return Object.keys(runs).length + Object.keys(events).length;
    },
    [RUNS, EVENTS] as const,
  );
  expect(count).toBe(Object.keys(RUNS).length + Object.keys(EVENTS).length);

  await page.reload();
  const good = history(page).getByRole('listitem').filter({ hasText: 'All paper families' });
  await good.first().waitFor();
  const entries = history(page).getByRole('listitem');
  const listed = await entries.count();
  expect(listed).toBeGreaterThan(count / 2);
  for (let i = 0; i < listed; i++) {
    await entries.nth(i).getByRole('button').first().click();
    await results(page).getByRole('article').first().waitFor();
  }
  await page.goto(`${page.url().replace(/#.*/, '')}#compare`);
  await page.getByRole('heading', { name: 'Compare runs' }).waitFor();
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
});
