import { expect, test } from 'vitest';
import type { StudyEvent } from '../../../../src/lab/events.ts';
import { resolveExperiment } from '../../../../src/lab/experiment/experiment.ts';
import { MemoryRunStore } from '../../../../src/lab/runs/memory-run-store.ts';
import { RunRecorder } from '../../../../src/lab/runs/run-recorder.ts';
import type { RunStore, StoredRun } from '../../../../src/lab/runs/run-store.ts';
import { environment, stepEvent } from '../scripted-study.ts';

const run: StoredRun = {
  id: 'a',
  name: 'run',
  createdAt: 1,
  updatedAt: 1,
  status: 'running',
  experiment: resolveExperiment({}),
  environment: null,
  error: null,
  headline: {},
};
const row = (arm: string, kl: number): StudyEvent => ({
  type: 'row',
  row: {
    arm,
    split: 'train',
    family: 'gaussian',
    id: 'x',
    kl,
    tv: 0.5,
    js: 0.1,
    valid_mass: 0.9,
    wasserstein_1: 1,
    reference_logit_kl: null,
  },
});

test('a run is written with its events, overview, adapters and checkpoint', async () => {
  const store = new MemoryRunStore();
  const recorder = new RunRecorder(store, run);
  const files = { 'adapter_config.json': new Uint8Array([1]) };
  const checkpoint = { arm: 'soft', step: 1, state: 'opaque' };
  const events: StudyEvent[] = [{ type: 'environment', environment }, row('base', 2), stepEvent(1)];
  for (const event of events) recorder.add(event);
  recorder.add({ type: 'phase', phase: 'training', done: 1, total: 2, unit: 'steps' });
  recorder.add({ type: 'checkpoint', checkpoint });
  recorder.add(row('soft', 0.1));
  recorder.add({ type: 'adapter', arm: 'soft', files });
  await recorder.finish('done');

  expect(await store.events('a')).toEqual([...events, row('soft', 0.1)]);
  expect(await store.checkpoint('a')).toBeUndefined();
  expect(await store.adapters('a')).toEqual({ soft: files });
  expect((await store.list())[0]).toMatchObject({
    status: 'done',
    environment,
    headline: { base: { kl: 2, tv: 0.5, valid_mass: 0.9 }, soft: { kl: 0.1 } },
  });
});

test('a resumed run goes on behind the events it brought along', async () => {
  const store: RunStore = new MemoryRunStore();
  await store.appendEvents('a', [stepEvent(1)], 0);
  await store.putCheckpoint('a', { checkpoint: { arm: 'soft', step: 1, state: 0 }, events: 1 });
  const recorder = new RunRecorder(store, run);
  await recorder.rewind();
  recorder.add(stepEvent(2));
  await recorder.finish('cancelled');
  expect(await store.events('a')).toEqual([stepEvent(1), stepEvent(2)]);
});

test('a write that fails stops no other', async () => {
  const store = new MemoryRunStore();
  store.appendEvents = () => Promise.reject(new Error('full'));
  const recorder = new RunRecorder(store, run);
  recorder.add(stepEvent(1));
  expect(await recorder.finish('failed')).toMatchObject({ status: 'failed' });
  expect(await store.list()).toHaveLength(1);
});
