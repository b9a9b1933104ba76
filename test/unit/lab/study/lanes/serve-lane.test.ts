// A lane by itself: it answers as the model that it is a copy of, and grows no more with what it does.
import { beforeAll, expect, test } from 'vitest';
import { wasmHeap } from '../../../../../bench/tasks/wasm-heap.ts';
import { startNodeBackend } from '../../../../../cli/backend.ts';
import { askHere } from '../../../../../src/evaluation/decoder-calls.ts';
import type { FromLane, ToLane } from '../../../../../src/lab/study/lanes/lane-messages.ts';
import { serveLane } from '../../../../../src/lab/study/lanes/serve-lane.ts';
import { bytesOf, plainWeights } from '../../../../../src/model/decoder/plain-weights.ts';
import { loadLanguageModel, type LanguageModel } from '../../../../../src/model/language-model.ts';
import * as tf from '../../../../../src/tensor/tf.ts';
import { onePasses } from '../../../../../src/training/passes.ts';
import { loadTinyModel, tinyModelFiles } from '../../../../support/tiny-model.ts';
import { tinyBatches, tinyLora } from '../../../../support/training-runs.ts';

beforeAll(() => startNodeBackend('wasm'));

/** A lane on this thread, which is told and heard by copies of messages as on another. */
function laneOf({ decoder }: LanguageModel) {
  const heard: FromLane[] = [];
  const waiting: ((message: FromLane) => void)[] = [];
  const hear = serveLane(
    (message) => (waiting.shift() ?? ((it) => heard.push(it)))(structuredClone(message)),
    () => Promise.resolve(),
  );
  const tell = (message: ToLane) => hear(structuredClone(message));
  tell({ type: 'model', backend: 'wasm', spec: decoder.spec });
  for (const weight of plainWeights(decoder.weights)) tell({ type: 'weight', weight });
  const next = () =>
    new Promise<FromLane>((resolve) => {
      const message = heard.shift();
      if (message) resolve(message);
      else waiting.push(resolve);
    });
  return { tell, next };
}

const INPUT = { texts: [Array.from({ length: 40 }, (_, i) => 3 + ((7 * i) % 50))], from: 0 };

test.each(['stored', 'int8', 'int4'] as const)(
  'answers as the model, kept as %s',
  async (format) => {
    const model = await loadLanguageModel(await tinyModelFiles(), { format });
    const { tell, next } = laneOf(model);
    const weights = [...plainWeights(model.decoder.weights)];
    for (const weight of weights) {
      expect(await next()).toEqual({ type: 'taken', bytes: bytesOf(weight) });
    }
    tell({ type: 'call', id: 7, name: 'tokenLogProbabilities', input: INPUT, adapted: false });
    const output = await askHere(model.decoder)('tokenLogProbabilities', INPUT);
    expect(await next()).toEqual({ type: 'answer', id: 7, output });
  },
);

test('what it cannot answer it says', async () => {
  const { tell, next } = laneOf(await loadTinyModel());
  tell({ type: 'call', id: 1, name: 'edges', input: {}, adapted: false });
  let message = await next();
  while (message.type === 'taken') message = await next();
  expect(message).toEqual({ type: 'failed', id: 1 });
});

test('300 steps leave neither tensors nor a larger heap', async () => {
  const model = await loadTinyModel();
  const { tell, next } = laneOf(model);
  const adapter = tinyLora(model);
  const values = (await adapter.values.data()) as Float32Array;
  const batch = tinyBatches(model, 'soft')(0);
  const [pass] = onePasses({ examples: batch.groups[0]!, normalizer: 1, kind: 'kl' });
  tell({ type: 'adapter', modules: adapter.modules, values });
  const step = async (id: number) => {
    tell({ type: 'adapter', values });
    tell({ type: 'call', id, name: 'pass', input: pass, adapted: true });
    let message = await next();
    while (message.type === 'taken') message = await next();
    expect(message.type).toBe('answer');
    return { tensors: tf.memory().numTensors, heap: wasmHeap() };
  };
  let early;
  for (let id = 0; id < 20; id++) early = await step(id);
  let late;
  for (let id = 20; id < 320; id++) late = await step(id);
  expect(late).toEqual(early);
}, 120_000);
