// Rows that nobody reads are left out of the last MLP, and nothing else changes.
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { randomStream } from '../../../src/core/random.ts';
import { mergePaths } from '../../../src/core/targets/merge-paths.ts';
import type { ForwardOptions } from '../../../src/model/decoder/decoder.ts';
import { layerForward } from '../../../src/model/decoder/decoder-layer.ts';
import { pack } from '../../../src/model/decoder/pack.ts';
import { batchTree } from '../../../src/model/decoder/packed-batch.ts';
import type { PackedBatch } from '../../../src/model/decoder/packed-batch.ts';
import { Gradients } from '../../../src/model/decoder/parameters.ts';
import { TreeCache } from '../../../src/model/decoder/tree-cache.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { loadGoldenModel } from '../../parity/golden-model.ts';
import type { GoldenModel } from '../../parity/golden-model.ts';
import { expectClose } from '../../support/compare.ts';

const read = async (path: string) =>
  new Uint8Array(await readFile(new URL(`../../golden/${path}`, import.meta.url)));

const supervision = mergePaths([{ tokens: [4, 9] }, { tokens: [4, 7, 2] }]);
const { batch } = pack([
  { prompt: [5, 6, 5, 8, 21, 3, 30, 12, 11, 17, 9], supervision },
  { prompt: [8, 3, 14, 4, 2, 19], supervision },
]);
const slots = batch.rows * batch.slots;
/** Every row is read, so that none is left out. */
const whole: PackedBatch = { ...batch, outputs: Int32Array.from({ length: slots }, (_, i) => i) };
/** Dropout that is seen if other entries are dropped. */
const dropout = { rate: 0.5, seed: 3 };

/** Hidden states of the batch's outputs, and the gradients of all weights and of the adapter. */
function passOf(
  { decoder, adapter }: GoldenModel,
  given: PackedBatch,
  options: ForwardOptions,
): Float32Array[] {
  return tf.tidy(() => {
    const pass = decoder.forward(given, { ...options, adapter, training: true });
    const columns = pass.hidden.shape[1];
    const random = randomStream(2, 'dHidden');
    const dHidden = new Float32Array(given.outputs.length * columns);
    const hidden = new Float32Array(batch.outputs.length * columns);
    const values = pass.hidden.dataSync<'float32'>();
    batch.outputs.forEach((row, i) => {
      const at = given.outputs.indexOf(row) * columns;
      for (let j = 0; j < columns; j++) dHidden[at + j] = random.normal();
      hidden.set(values.subarray(at, at + columns), i * columns);
    });
    const weights = [...decoder.weights.trainable()];
    const sink = new Gradients(
      weights.map(([name]) => name),
      adapter.values.size,
    );
    pass.backward(tf.tensor2d(dHidden, [given.outputs.length, columns]), sink);
    const gradients = weights.map(([name, { shape }]) => sink.get(name, shape));
    const all = [...gradients, sink.adapter!].map((tensor) => tensor.dataSync<'float32'>().slice());
    return [hidden, ...all];
  });
}

/** Rows that pass the MLP of the last layer. */
function rowsOfLastMlp({ decoder, adapter }: GoldenModel, options: ForwardOptions): number {
  return tf.tidy(() => {
    const given = { ...options, adapter, outputs: batch.outputs };
    const context = decoder.context(batch.positions, batchTree(batch), given);
    const x = decoder.embedded(batch.tokens, batch.positions);
    return layerForward(x, decoder.spec.layers - 1, context).saved.middle.shape[0];
  });
}

beforeAll(() => startNodeBackend('wasm'));

describe.each([
  ['llama', 'one branch after the other'],
  ['gpt_neox', 'branches side by side'],
  ['phi', 'branches of one norm'],
  ['gemma2', 'norms behind its branches'],
  ['olmo2', 'no norms before its branches'],
  ['qwen3_moe', 'experts'],
])('%s, with %s', (name) => {
  let model: GoldenModel;
  beforeAll(async () => {
    model = await loadGoldenModel(name, read);
    return () => model.dispose();
  });

  test.each([
    ['kept', {}],
    ['computed again', { recompute: true }],
    ['kept, with dropout', { dropout }],
    ['computed again, with dropout', { dropout, recompute: true }],
  ])('activations %s: hidden states and gradients are those of all rows', (_, options) => {
    const before = tf.memory().numTensors;
    const few = passOf(model, batch, options);
    const all = passOf(model, whole, options);
    few.forEach((values, i) => expectClose(values, all[i]!, 1e-5, `${name} ${i}`));
    expect(tf.memory().numTensors).toBe(before);
  });

  test('the last MLP runs on the rows that are read, where none of them is dropped by its number', () => {
    expect(rowsOfLastMlp(model, {})).toBe(batch.outputs.length);
    const { decoder, adapter } = model;
    const ofMlp = adapter.branch(decoder.spec.layers - 1, 'mlpIn') !== undefined;
    expect(rowsOfLastMlp(model, { dropout })).toBe(ofMlp ? slots : batch.outputs.length);
  });

  test('of a cache, the states that are wanted are those among all', async () => {
    const tokens = batch.tokens.slice(0, 12);
    const parents = tokens.map((_, i) => i - 1);
    const [some, every] = [Int32Array.of(3, 11), undefined].map((wanted) => {
      const cache = new TreeCache(model.decoder, { adapter: model.adapter });
      const states = tf.tidy(() => cache.append(tokens, parents, wanted).arraySync());
      cache.dispose();
      return states;
    });
    expectClose(
      some!.flat(),
      [3, 11].flatMap((row) => every![row]!),
      1e-5,
      name,
    );
  });
});
