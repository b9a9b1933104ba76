// `lab compare`: folders of finished studies side by side.
import { cp, mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { StudyFolder } from '../../../cli/study-folder.ts';
import { tinyExperiment, tinyStudy } from '../../support/study-runs.ts';
import { loadTinyModel } from '../../support/tiny-model.ts';
import { lab, result } from './run.ts';

let root: string;

/** `matched/seed-3`, `matched/seed-4` and, trained for fewer steps, `short`. */
beforeAll(async () => {
  await startNodeBackend('wasm');
  const model = await loadTinyModel();
  root = await mkdtemp(join(tmpdir(), 'compare-'));
  const runs = [
    ['matched/seed-3', tinyExperiment()],
    ['matched/seed-4', tinyExperiment({ seed: 4 })],
    ['short', tinyExperiment({ training: { steps: 2, batch: 2, lora: { rank: 4 } } })],
  ] as const;
  for (const [name, experiment] of runs) {
    const folder = await StudyFolder.create(join(root, name), experiment);
    for await (const event of tinyStudy(model, experiment)) {
      await folder.add(event);
    }
    await folder.finish();
  }
}, 120_000);

const newOut = async () => join(await mkdtemp(join(tmpdir(), 'compared-')), 'out');

test('studies that differ in their seed make one column for each arm', async () => {
  const out = await newOut();
  const line = ['compare', join(root, 'matched'), '--out', out, '--title', 'Two seeds'];
  expect(await result(line)).toEqual({
    out,
    columns: ['base', 'soft', 'hard'].map((label) => ({ label, runs: 2 })),
  });
  const report = await readFile(join(out, 'report.md'), 'utf8');
  expect(report).toMatch(/^# Two seeds\n/);
  const linked = [...report.matchAll(/\]\((figures\/[\w-]+\.(svg|csv))\)/g)].map((m) => m[1]);
  const written = (await readdir(join(out, 'figures'))).map((name) => `figures/${name}`);
  expect(linked.toSorted()).toEqual(written.toSorted());
  expect(linked).toContain('figures/answers-train.svg');
  expect(linked).toContain('figures/answers-train.csv');

  // The mean over two seeds of a mean over families, worked out from the studies' own summaries.
  const kl = async (seed: number) => {
    const text = await readFile(join(root, `matched/seed-${seed}/results.json`), 'utf8');
    return JSON.parse(text).arms.soft.summary.test_ood_family.kl as number;
  };
  const json = JSON.parse(await readFile(join(out, 'comparison.json'), 'utf8'));
  const heldOut = json.exact.find(({ split }: { split: string }) => split === 'test_ood_family');
  expect(heldOut.scores.kl[1].mean.value).toBeCloseTo(((await kl(3)) + (await kl(4))) / 2, 12);
  expect(json.columns[1].runs.map(({ seed }: { seed: number }) => seed)).toEqual([3, 4]);
  expect(heldOut.kl_by_position.unit).toBe('tokens');

  const again = await newOut();
  await result([...line.slice(0, 3), again, ...line.slice(4)]);
  for (const name of await readdir(out, { recursive: true })) {
    if (!name.includes('.')) continue;
    const [one, other] = [out, again].map((folder) => readFile(join(folder, name), 'utf8'));
    expect(await one, name).toBe(await other);
  }
});

test('arms are chosen by name, or by study and name, and set against any of them', async () => {
  const out = await newOut();
  const folders = [join(root, 'matched/seed-3'), join(root, 'short')];
  const arms = 'matched/base,soft';
  const against = ['--against', 'soft · short'];
  const printed = await result(['compare', ...folders, '--out', out, '--arms', arms, ...against]);
  expect(printed).toMatchObject({
    columns: ['base', 'soft · matched', 'soft · short'].map((label) => ({ label, runs: 1 })),
  });
  const report = await readFile(join(out, 'report.md'), 'utf8');
  expect(report).toContain('less that of soft · short');
  expect(report).toContain('| training.steps | 7 | 7 | 2 |');
});

describe('is refused in one line:', () => {
  const refused = async (line: readonly string[], what: string) => {
    const { status, output, errors } = await lab(['compare', ...line]);
    expect([status, output]).toEqual([2, '']);
    expect(errors).toMatch(/^error: .+; .+\n$/);
    expect(errors).toContain(what);
  };
  const matched = () => join(root, 'matched');

  test('no folder, one without results, or none to write into', async () => {
    await refused(['--out', 'x'], 'a word is missing');
    await refused([join(root, 'nowhere'), '--out', 'x'], 'nowhere cannot be read');
    await refused([join(root, 'short', 'adapters'), '--out', 'x'], 'has no results.json');
    await refused([matched()], '--out is missing');
    await refused([matched(), '--out', join(root, 'short', 'report.md')], 'cannot be written');
  });

  test('arms and columns that are not there', async () => {
    await refused([matched(), '--out', 'x', '--arms', 'soft,firm'], '"firm", which no study has');
    await refused([matched(), '--out', 'x', '--against', 'firm'], '--against is "firm"');
  });

  test('more columns than can be told apart', async () => {
    const path = join(root, 'short', 'results.json');
    const results = JSON.parse(await readFile(path, 'utf8'));
    const many = join(await newOut(), 'many');
    await mkdir(many, { recursive: true });
    for (let i = 0; i < 9; i++) results.arms[`arm ${i}`] = results.arms.soft;
    await writeFile(join(many, 'results.json'), JSON.stringify(results));
    await refused([many, '--out', 'x'], 'there are 12 columns');
  });

  test.each<[string, string, (file: Record<string, unknown>) => unknown, string]>([
    ['results.json', 'a list', () => [], 'config is missing'],
    ['results.json', 'no arms', ({ config }) => ({ config }), 'arms is missing'],
    [
      'results.json',
      'a score that is none',
      ({ config }) => ({
        config,
        arms: { base: { exact: [{ split: 'train', family: 'x', id: 'y', kl: '1' }] } },
      }),
      'arms.base.exact.0.kl is "1"',
    ],
    [
      'results.json',
      'a split that nobody knows',
      ({ config }) => ({ config, arms: { base: { exact: [{ split: 'test' }] } } }),
      'arms.base.exact.0.split is "test"',
    ],
    ['answers.json', 'no targets', () => ({ arms: {} }), 'targets is missing'],
    [
      'answers.json',
      'a value without its probability',
      ({ targets }) => ({
        targets: (targets as object[]).map((t) => ({ ...t, probabilities: [1] })),
        arms: {},
      }),
      'probabilities',
    ],
  ])('%s with %s', async (name, _, change, what) => {
    const folder = await newOut();
    await cp(join(root, 'short'), folder, { recursive: true });
    const path = join(folder, name);
    await writeFile(path, JSON.stringify(change(JSON.parse(await readFile(path, 'utf8')))));
    await refused([folder, '--out', 'x'], what);
    await writeFile(path, '{"arms":');
    await refused([folder, '--out', 'x'], 'is not JSON');
  });
});
