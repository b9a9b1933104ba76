// When answers count as the same in a study, and the model that embeds them.
import { beforeAll, expect, test } from 'vitest';
import { startNodeBackend } from '../../../../cli/backend.ts';
import type { ExperimentInput } from '../../../../src/lab/experiment/experiment.ts';
import { phaseEvent } from '../../../../src/lab/study/study-events.ts';
import type { OpenedModel } from '../../../../src/lab/study/study-context.ts';
import type { LanguageModel } from '../../../../src/model/language-model.ts';
import * as tf from '../../../../src/tensor/tf.ts';
import { eventsOf, only, tinyExperiment, tinyStudy } from '../../../support/study-runs.ts';
import { loadTinyModel } from '../../../support/tiny-model.ts';

type Partitioner = NonNullable<ExperimentInput['evaluation']>['partitioner'];

let model: LanguageModel;
beforeAll(async () => {
  await startNodeBackend('wasm');
  model = await loadTinyModel();
}, 60_000);

const experiment = (partitioner: Partitioner, novelty = true) =>
  tinyExperiment({
    arms: [{ method: 'none' }, { method: 'temperature', temperature: 2 }],
    evaluation: {
      splits: ['train'],
      novelty,
      data: { novelty: [{ id: 'word', prompt: 'a word' }] },
      ...(partitioner && { partitioner }),
    },
  });

/** The name of the partitioner in the report of every arm, and what was opened and closed for it. */
async function namesOf(partitioner: Partitioner, novelty = true) {
  const [opened, closed]: string[][] = [[], []];
  async function* openModel(name: string) {
    yield phaseEvent('loading', 1, 2, 'bytes');
    opened!.push(name);
    const another: OpenedModel = { name: `${name}@1`, model, dispose: () => closed!.push(name) };
    return another;
  }
  const before = tf.memory().numTensors;
  const events = await eventsOf(tinyStudy(model, experiment(partitioner, novelty), { openModel }));
  expect(tf.memory().numTensors).toBe(before);
  const names = only(events, 'report').map(
    ({ report }) => (report as { settings: { partitioner?: string } }).settings?.partitioner,
  );
  const loading = only(events, 'phase').filter(({ phase }) => phase === 'loading').length;
  return { names: names.filter((name) => name !== undefined), opened, closed, loading };
}

const none = { opened: [], closed: [], loading: 0 };
const twice = <T>(value: T) => [value, value];

test('words, unless something else is asked for', async () => {
  expect(await namesOf(undefined)).toEqual({ ...none, names: twice('unigram overlap') });
  expect(await namesOf('equality')).toEqual({ ...none, names: twice('normalised equality') });
});

test('the untouched model embeds without being loaded again', async () => {
  const names = twice('cosine of builtin (last token) >= 0.5');
  expect(await namesOf({ pooling: 'last', threshold: 0.5 })).toEqual({ ...none, names });
  expect(await namesOf({ model: 'builtin', pooling: 'last', threshold: 0.5 })).toEqual({
    ...none,
    names,
  });
});

test('another model is opened for each arm, its progress told, and closed again', async () => {
  expect(await namesOf({ model: 'hf:me/embeds' })).toEqual({
    names: twice('cosine of hf:me/embeds@1 (mean tokens) >= 0.8'),
    opened: twice('hf:me/embeds'),
    closed: twice('hf:me/embeds'),
    loading: 2,
  });
  expect(await namesOf({ model: 'hf:me/embeds' }, false)).toEqual({ ...none, names: [] });
});
