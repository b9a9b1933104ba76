import { expect, test } from 'vitest';
import { columnsOf } from '../../../../src/lab/compare/columns.ts';
import { readRun } from '../../../../src/lab/compare/compared-run.ts';
import { effortOf } from '../../../../src/lab/compare/effort.ts';
import { settingsDiff } from '../../../../src/lab/compare/settings.ts';
import type { StudyEvent } from '../../../../src/lab/events.ts';
import type { ExperimentInput } from '../../../../src/lab/experiment/experiment.ts';
import { partOf, row, scored, stored } from './stored.ts';

const seed = (seed: number, more: ExperimentInput = {}) =>
  scored(`r${seed}`, 'soft', { gaussian_a: 1 }, { ...more, seed });
const labels = (...columns: ReturnType<typeof columnsOf>) => columns.map(({ label }) => label);

test('runs that differ in their seed alone make one column, whatever their other arms', () => {
  const arms: ExperimentInput['arms'] = [{ method: 'none' }, { method: 'soft' }];
  const [column, ...others] = columnsOf([seed(13), seed(11), seed(12, { arms })], true);
  expect(others).toEqual([]);
  expect(column!.parts.map(({ run }) => run.seed)).toEqual([11, 12, 13]);
  expect(column!.label).toBe('soft');
});

test('what differs otherwise, is not finished or repeats a seed stays apart', () => {
  const cases = [
    [seed(11), seed(12, { training: { learning_rate: 0.1 } })],
    [seed(11), scored('again', 'soft', { gaussian_a: 1 }, { seed: 11 })],
    [seed(11), partOf(readRun(stored('x', { seed: 12 }, { status: 'cancelled' }), []), 'soft')],
    [seed(11), scored('x', 'hard', {}, { seed: 12 })],
  ];
  for (const parts of cases) expect(columnsOf(parts, true)).toHaveLength(2);
  expect(columnsOf([seed(11), seed(12)], false)).toHaveLength(2);
});

test('labels are as short as telling columns apart allows', () => {
  const hard = scored('r11', 'hard', {}, { seed: 11 });
  expect(labels(...columnsOf([seed(11), hard], true))).toEqual(['soft', 'hard']);
  expect(labels(...columnsOf([seed(11), seed(12), hard], false))).toEqual([
    'soft · run r11',
    'soft · run r12',
    'hard',
  ]);
  const named = (id: string, ownSeed: number, createdAt = 0) =>
    partOf(readRun(stored(id, { seed: ownSeed }, { name: 'same', createdAt }), []), 'soft');
  expect(labels(...columnsOf([named('a', 1), named('b', 2)], false))).toEqual([
    'soft · seed 1',
    'soft · seed 2',
  ]);
  expect(labels(...columnsOf([named('a', 1), named('b', 1, 864e5), named('c', 1)], false))).toEqual(
    ['soft · 1970-01-01 00:00', 'soft · 1970-01-02 00:00', 'soft · 1970-01-01 00:00 (2)'],
  );
});

test('settings that differ are told from those that do not', () => {
  const parts = [
    seed(11),
    seed(12, { training: { lora: { rank: 4 } }, arms: [{ method: 'soft', paths: 'trie' }] }),
  ];
  const { identity, differing, equal } = settingsDiff(columnsOf(parts, true));
  expect(identity).toEqual([
    { name: 'run', values: ['run r11', 'run r12'] },
    { name: 'method', values: ['soft', 'soft'] },
    { name: 'seed', values: ['11', '12'] },
  ]);
  expect(differing).toEqual([
    { name: 'arm.paths', values: ['16', 'trie'] },
    { name: 'training.lora.rank', values: ['16', '4'] },
  ]);
  const same = Object.fromEntries(equal.map(({ name, values }) => [name, values]));
  expect(same['data.families']).toEqual(['paper', 'paper']);
  expect(same['training.lora.targets']).toEqual(Array(2).fill('q_proj, k_proj, v_proj, o_proj'));
});

test('a setting that one column does not have is a difference', () => {
  const own = { choices: [{ value: 'yes', weight: 2 }, { value: 'no' }] };
  const { differing } = settingsDiff(columnsOf([seed(11), seed(11, { data: own })], true));
  expect(differing.find(({ name }) => name === 'data.choices')?.values).toEqual([
    null,
    '{"value":"yes","weight":2}, {"value":"no","weight":1}',
  ]);
});

test('the effort is the mean over seeds, the final loss that of the last tenth', () => {
  const trained = (id: string, steps: number, loss: (step: number) => number) => {
    const events = Array.from({ length: steps }, (_, i): StudyEvent => {
      const common = { type: 'step', arm: 'soft', steps, learningRate: 1 } as const;
      const counts = { answerTokens: 10 * (i + 1), promptTokens: 7 * (i + 1), seconds: i + 1 };
      return { ...common, ...counts, step: i + 1, loss: loss(i + 1) };
    });
    const run = readRun(stored(id, { seed: Number(id) }), [
      ...events,
      row('soft', 'gaussian_a', 1),
    ]);
    return partOf(run, 'soft');
  };
  const [column] = columnsOf([trained('1', 20, (s) => s), trained('2', 40, () => 2)], true);
  expect(effortOf(column!)).toEqual({
    steps: 30,
    promptTokens: 210,
    answerTokens: 300,
    seconds: 30,
    firstLoss: 1.5,
    finalLoss: (19.5 + 2) / 2,
  });
  const [untrained] = columnsOf([scored('x', 'base', { gaussian_a: 1 })], true);
  expect(effortOf(untrained!)).toMatchObject({ steps: null, finalLoss: null, seconds: null });
});
