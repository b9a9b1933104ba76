// The folder of a study: what lies in it at the end, however often the study was killed on the way.
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { folderAt } from '../../../cli/studies.ts';
import { StudyFolder } from '../../../cli/study-folder.ts';
import type { StudyEvent } from '../../../src/lab/events.ts';
import type { LanguageModel } from '../../../src/model/language-model.ts';
import { loadTinyModel } from '../../support/tiny-model.ts';
import { tinyExperiment, tinyStudy } from '../../support/study-runs.ts';

let model: LanguageModel;

beforeAll(async () => {
  await startNodeBackend('wasm');
  model = await loadTinyModel();
}, 60_000);

const experiment = tinyExperiment({ evaluation: { prompts_per_family: 2 } });
const newPath = async () => join(await mkdtemp(join(tmpdir(), 'study-')), 'out');

/** Every reading of the clock is six seconds after the one before, so checkpoints are due. */
function slowClock(): void {
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 6_000));
  onTestFinished(() => clock.mockRestore());
}

/** Follows a study into its folder, up to the `last`th event. */
async function follow(folder: StudyFolder, last = Infinity): Promise<void> {
  const { checkpoint } = folder;
  let count = 0;
  for await (const event of tinyStudy(model, experiment, {
    ...(checkpoint && { resume: checkpoint }),
  })) {
    if (count++ === last) return;
    await folder.add(event);
  }
}

/** All files but adapters by their path; how long it took is no result. */
async function filesOf(path: string): Promise<Record<string, string>> {
  const names = await readdir(path, { recursive: true });
  const files = names.filter((name) => /\.\w+$/.test(name) && !name.startsWith('adapters'));
  const entries = files.sort().map(async (name) => {
    const text = await readFile(join(path, name), 'utf8');
    const timeless = text
      .replace(/"seconds":[\d.]+/g, '"seconds":0')
      .replace(/(\| \d+ \| \d+ \| \d+ \|) \d+ \|/g, '$1 0 |');
    return [name, timeless] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

test('has the same results, report and figures whenever it was killed', async () => {
  slowClock();
  const whole = await StudyFolder.create(await newPath(), experiment);
  let events = 0;
  for await (const event of tinyStudy(model, experiment)) {
    await whole.add(event);
    events++;
  }
  await whole.finish();
  const expected = await filesOf(whole.path);
  expect(Object.keys(expected)).toEqual([
    'answers.json',
    'config.json',
    ...[
      'answers-test-ood-family',
      'answers-test-unseen-params',
      'answers-train',
      'kl-by-family-test-ood-family',
      'kl-by-family-test-unseen-params',
      'kl-by-family-train',
      'kl-by-position-test-ood-family',
      'kl-by-position-test-unseen-params',
      'kl-by-position-train',
      'loss',
    ].flatMap((name) => [`figures/${name}.csv`, `figures/${name}.svg`]),
    'report.md',
    'results.csv',
    'results.json',
  ]);
  for (const part of [0, 0.2, 0.5, 0.65, 0.9]) {
    const place = { path: await newPath(), experiment };
    await follow((await folderAt(place))!, Math.floor(events * part));
    await follow((await folderAt(place))!, 25);
    const last = (await folderAt(place))!;
    await follow(last);
    await last.finish();
    expect(await filesOf(place.path), `killed after ${part}`).toEqual(expected);
    expect(await folderAt(place)).toBeNull();
  }
});

test('keeps the last answers to one prompt of every family and split', async () => {
  const folder = await StudyFolder.create(await newPath(), experiment);
  const last = new Map<string, Extract<StudyEvent, { type: 'snapshot' }>>();
  const targets: Extract<StudyEvent, { type: 'target' }>[] = [];
  for await (const event of tinyStudy(model, experiment)) {
    await folder.add(event);
    if (event.type === 'snapshot') last.set(`${event.arm} ${event.id}`, event);
    if (event.type === 'target') targets.push(event);
  }
  await folder.finish();
  const kept = JSON.parse(await readFile(join(folder.path, 'answers.json'), 'utf8'));
  // Two trained families, measured on two splits, and a held-out one; two prompts were measured of each.
  expect(targets.length).toBe(10);
  expect(kept.targets).toEqual(
    targets.filter((_, i) => i % 2 === 0).map(({ type: _, ...target }) => target),
  );
  expect(Object.keys(kept.arms)).toEqual(['base', 'soft', 'hard']);
  for (const [arm, answers] of Object.entries<Record<string, unknown>>(kept.arms)) {
    expect(Object.keys(answers)).toHaveLength(5);
    for (const [id, answer] of Object.entries(answers)) {
      const { probabilities, invalidMass } = last.get(`${arm} ${id}`)!;
      expect(answer).toEqual({ probabilities, invalid_mass: invalidMass });
    }
  }
});
