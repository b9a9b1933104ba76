// The pool of a model's copies, with threads that do nothing, die at once or never answer.
import { beforeAll, expect, test } from 'vitest';
import { startNodeBackend } from '../../../../../cli/backend.ts';
import { askHere } from '../../../../../src/evaluation/decoder-calls.ts';
import type { StartThread, ToLane } from '../../../../../src/lab/study/lanes/lane-messages.ts';
import { ModelPool } from '../../../../../src/lab/study/lanes/model-pool.ts';
import { bytesOf } from '../../../../../src/model/decoder/plain-weights.ts';
import type { LanguageModel } from '../../../../../src/model/language-model.ts';
import { estimateWasmMemory } from '../../../../../src/model/wasm-memory.ts';
import { loadTinyModel } from '../../../../support/tiny-model.ts';

let model: LanguageModel;
beforeAll(async () => {
  await startNodeBackend('wasm');
  model = await loadTinyModel();
});

const idle: StartThread = () => ({ post() {}, end() {} });

test('as many copies as the memory holds', () => {
  const { decoder } = model;
  const each = Math.max(...Object.values(estimateWasmMemory(decoder.spec, { weights: 'f32' })));
  const sizeIn = (memory: number) => {
    const pool = new ModelPool(decoder, { most: 7, memory, start: idle });
    pool.dispose();
    return pool.size;
  };
  expect([0.5, 1.5, 3.5, 100].map((lanes) => sizeIn(lanes * each))).toEqual([1, 1, 3, 8]);
});

const INPUTS = Array.from({ length: 12 }, (_, i) => ({ texts: [[5, 6 + i, 7, 8]], from: 1 }));
const here = () =>
  Promise.all(INPUTS.map((it) => askHere(model.decoder)('tokenLogProbabilities', it)));

test('threads that die are replaced a few times, and their work is done', async () => {
  let started = 0;
  const dying: StartThread = (_, onGone) => {
    started++;
    setTimeout(onGone);
    return { post() {}, end() {} };
  };
  const pool = new ModelPool(model.decoder, { most: 1, start: dying });
  const asked = INPUTS.map((it) => pool.ask('tokenLogProbabilities', it));
  expect(await Promise.all(asked)).toEqual(await here());
  await pool.joined();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(started).toBe(5);
  pool.dispose();
});

test('an abort is heard at once, whatever a thread is doing', async () => {
  // It takes the weights and every call, and never answers.
  let calls = 0;
  const silent: StartThread = (hear) => ({
    post(message: ToLane) {
      if (message.type === 'call') calls++;
      if (message.type !== 'weight') return;
      queueMicrotask(() => hear({ type: 'taken', bytes: bytesOf(message.weight) }));
    },
    end() {},
  });
  const pool = new ModelPool(model.decoder, { most: 1, start: silent });
  await pool.joined();
  const controller = new AbortController();
  const { signal } = controller;
  const asked = INPUTS.map((it) => pool.ask('tokenLogProbabilities', it, { signal }));
  const settled = Promise.allSettled(asked);
  await asked[0];
  expect(calls).toBe(2);
  controller.abort(new Error('enough'));
  const reasons = (await settled).flatMap((it) => (it.status === 'rejected' ? [it.reason] : []));
  expect(reasons.length).toBeGreaterThanOrEqual(2);
  for (const reason of reasons) expect(reason).toEqual(new Error('enough'));
  await expect(pool.ask('tokenLogProbabilities', INPUTS[0]!, { signal })).rejects.toThrow('enough');
  pool.dispose();
});
