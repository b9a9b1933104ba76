// Runs that come from files: what was handed out is what is restored, results become runs, and files are distrusted.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { importedRun, isOfRun, type Files } from '../../../../src/lab/archive/imported-run.ts';
import { runRecord } from '../../../../src/lab/archive/run-record.ts';
import { comparedResults } from '../../../../src/lab/compare/compared-results.ts';
import { readAnswers, readResults } from '../../../../src/lab/compare/results-schema.ts';
import type { StudyEvent } from '../../../../src/lab/events.ts';
import { resultsOf } from '../../../../src/lab/results/results.ts';
import { readableEvents } from '../../../../src/lab/runs/readable-events.ts';
import { runState } from '../../../../src/lab/state/run-state.ts';
import { row, stored } from '../compare/stored.ts';

const bytes = (value: unknown) =>
  new Uint8Array(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));
const files = (all: Readonly<Record<string, unknown>>): Files =>
  new Map(Object.entries(all).map(([path, content]) => [path, bytes(content)]));
const opened = (all: Readonly<Record<string, unknown>>) =>
  importedRun(files(all), () => 'a study', 5000);

const results = (name: string) => {
  const path = fileURLToPath(
    new URL(`../../../golden/studies/${name}.results.json`, import.meta.url),
  );
  const found = JSON.parse(readFileSync(path, 'utf8'));
  // The golden files leave out what differs from machine to machine.
  for (const { training } of Object.values<{ training?: object }>(found.arms)) {
    if (training) Object.assign(training, { seconds: 12 });
  }
  found.environment = { backend: 'wasm', adapter: 'two cores' };
  return found;
};

test.each(['default', 'methods', 'paper'])(
  'the results of the study %s come to the same results',
  (name) => {
    const before = results(name);
    const { run, events } = opened({ 'out/results.json': before });
    const again = resultsOf(runState(run.experiment, readableEvents(events).events));
    // Figures may be added; those that were there are the same.
    expect(JSON.parse(JSON.stringify(again.arms))).toMatchObject(before.arms);
    expect(again.environment).toEqual(before.environment);
    expect(run).toMatchObject({ status: 'done', createdAt: 5000, name: 'a study, wasm' });
  },
);

test('answers beside the results are what is shown of prompts', () => {
  const before = results('default');
  const [arm] = Object.keys(before.arms);
  const target = {
    ...{ id: 'coin', split: 'train', family: 'bernoulli', prompt: 'A coin?', kind: 'discrete' },
    ...{ values: ['0', '1'], probabilities: [0.5, 0.5] },
  };
  const answers = {
    targets: [target],
    arms: { [arm!]: { coin: { probabilities: [0.2, 0.7], invalid_mass: 0.1 } } },
  };
  const { run, events } = opened({ 'results.json': before, 'answers.json': answers });
  const [shown] = runState(run.experiment, readableEvents(events).events).targets;
  expect(shown).toMatchObject(target);
  expect(shown!.snapshots[arm!]![0]).toMatchObject({ probabilities: [0.2, 0.7], invalidMass: 0.1 });
});

test('a target of a file that calls itself something else is a target', () => {
  const before = results('default');
  const target = {
    ...{ id: 'coin', split: 'train', family: 'bernoulli', prompt: 'A coin?', kind: 'discrete' },
    ...{ values: ['0', '1'], probabilities: [0.5, 0.5], type: 'warning' },
  };
  const answers = { targets: [target], arms: {} };
  const { run, events } = opened({ 'results.json': before, 'answers.json': answers });
  const { targets } = runState(run.experiment, readableEvents(events).events);
  expect(targets).toMatchObject([{ ...target, type: 'target' }]);
  const compared = comparedResults(readResults(before, ''), readAnswers(answers, ''), {
    id: 'a',
    name: 'a',
  });
  expect(compared.targets.get('coin')!.type).toBe('target');
});

test('a run that was handed out is restored, with its adapters', () => {
  const run = stored('0123456789abcdef', {}, { name: 'mine' });
  const events: StudyEvent[] = [row('soft', 'beta_1', 0.5), { type: 'done', seconds: 3 }];
  const found = opened({
    'run.json': runRecord(run, events),
    'results.json': 'is not read',
    'adapters/soft/adapter_config.json': '{}',
    'adapters/soft/adapter_model.safetensors': 'weights',
  });
  expect(found.run).toEqual(run);
  expect(found.events).toEqual(events);
  expect(Object.keys(found.adapters.soft!)).toEqual([
    'adapter_config.json',
    'adapter_model.safetensors',
  ]);
});

test('what ran elsewhere does not run here', () => {
  const run = stored('0123456789abcdef', {}, { status: 'running' });
  expect(opened({ 'run.json': runRecord(run, []) }).run.status).toBe('cancelled');
});

test('results may go by any name, and lie in any folder', () => {
  expect(opened({ 'calibration-2026.json': results('default') }).run.status).toBe('done');
  expect(opened({ 'a/b/results.json': results('default'), 'a/plan.json': {} }).run.status).toBe(
    'done',
  );
});

test('checkpoints and other files need not be read', () => {
  expect(isOfRun('results/adapters/soft/adapter_model.safetensors')).toBe(true);
  expect(isOfRun('results/checkpoints/soft.pt')).toBe(false);
});

test.each([
  ['no file', {}, 'files'],
  ['two of any name', { 'a.json': {}, 'b.json': {} }, 'files'],
  ['no JSON', { 'results.json': 'nonsense' }, 'results.json'],
  ['other JSON', { 'results.json': [] }, 'config'],
  ['no arms', { 'results.json': { config: {} } }, 'arms'],
  ['a record of a newer version', { 'run.json': { format: 99 } }, 'format'],
  ['a record without a run', { 'run.json': { format: 1, events: [] } }, 'run'],
  [
    'an identifier that is a path',
    { 'run.json': { format: 1, run: { id: '../../other', experiment: {} }, events: [] } },
    'run',
  ],
])('%s is refused', (_, all, field) => {
  expect(() => opened(all)).toThrow(expect.objectContaining({ name: 'InputError', field }));
});
