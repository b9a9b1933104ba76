// M1: adapters whose modules have ranks and alphas of their own: trained, saved and merged by them.
import { beforeAll, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { loraFromFile, type LoraAdapter } from '../../../src/model/adapter/lora.ts';
import type { LoraPair } from '../../../src/model/adapter/lora-pair.ts';
import { readAdapter, type AdapterFile } from '../../../src/model/adapter/peft.ts';
import { mergeInto } from '../../../src/model/merge.ts';
import type { LanguageModel } from '../../../src/model/language-model.ts';
import { randomStream } from '../../../src/core/random.ts';
import { modulePath, projectionShape } from '../../../src/model/spec/decoder-spec.ts';
import { memoryFolder } from '../../../src/model/files/model-files.ts';
import { writeAdapter } from '../../../src/model/adapter/peft-writer.ts';
import { expectClose } from '../../support/compare.ts';
import { loadTinyModel } from '../../support/tiny-model.ts';
import { ADAMW, reportsOf, tinyRun, valuesOf } from '../../support/training-runs.ts';

let model: LanguageModel;
beforeAll(async () => {
  await startNodeBackend('wasm');
  model = await loadTinyModel();
});

/** Every module has the tensors of `shape`; `name` is of one of its tensors. */
function file(shapes: (path: string) => { rank: number; alpha: number }): AdapterFile {
  const tensors = new Map<string, LoraPair>();
  for (let layer = 0; layer < model.decoder.spec.layers; layer++) {
    for (const projection of ['q', 'v'] as const) {
      const path = modulePath(model.decoder.spec, projection, layer);
      const [outputs, inputs] = projectionShape(model.decoder.spec, projection);
      const { rank, alpha } = shapes(path);
      const draw = (n: number, what: string) => {
        const random = randomStream(5, path, what);
        return Float32Array.from({ length: n }, () => 0.1 * random.normal());
      };
      tensors.set(path, { rank, alpha, a: draw(rank * inputs, 'a'), b: draw(outputs * rank, 'b') });
    }
  }
  const targets = ['q', 'v'] as const;
  return { rank: 4, alpha: 8, rankStabilised: false, dropout: 0, targets, tensors };
}

const patterned = () =>
  file((path) => ({ rank: path.includes('v_proj') ? 2 : 4, alpha: path.includes('.1.') ? 3 : 8 }));

test('M1: an optimizer step is AdamW on every module’s own tensors', async () => {
  const adapter = loraFromFile(model.decoder.spec, patterned());
  const before = await valuesOf(adapter);
  let flat: Float32Array | undefined;
  const reduce = async (gradient: Float32Array) => (flat = gradient.slice());
  await reportsOf(
    tinyRun(model, adapter, { steps: 1, dropout: 0, learningRate: () => 0.01, reduce }),
  );
  const gradient = adapter.split(flat!);
  const after = await valuesOf(adapter);
  for (const [name, values] of before) {
    const slope = gradient.get(name)!.values;
    expect(slope).toHaveLength(values.length);
    // The first step of Adam: m' = g, v' = g^2.
    const expected = values.map(
      (p, i) =>
        p * (1 - 0.01 * ADAMW.weightDecay) - (0.01 * slope[i]!) / (Math.abs(slope[i]!) + 1e-8),
    );
    expectClose(after.get(name)!, expected, 1e-5, name);
  }
  adapter.dispose();
});

test('M1: five steps are those of an adapter that is as wide everywhere', async () => {
  const narrow = patterned();
  // The same maps at rank 4 and the alphas of the same scaling, written out with zeros.
  const wide: AdapterFile = {
    ...narrow,
    tensors: new Map(
      [...narrow.tensors].map(([path, { rank = 4, alpha = 8, a, b }]) => {
        const wideA = new Float32Array((a.length / rank) * 4);
        wideA.set(a);
        const wideB = new Float32Array((b.length / rank) * 4);
        b.forEach((x, i) => (wideB[Math.floor(i / rank) * 4 + (i % rank)] = x));
        return [path, { alpha: (alpha / rank) * 4, a: wideA, b: wideB }];
      }),
    ),
  };
  const trained = async (given: AdapterFile) => {
    const adapter = loraFromFile(model.decoder.spec, given);
    const losses = (await reportsOf(tinyRun(model, adapter, { steps: 5 }))).map(({ loss }) => loss);
    const flat = (await adapter.values.data()).slice();
    adapter.dispose();
    return { losses, flat };
  };
  expect(await trained(narrow)).toEqual(await trained(wide));
});

test('M1: a trained state goes on where it stopped', async () => {
  const adapter: LoraAdapter = loraFromFile(model.decoder.spec, patterned());
  let resume;
  for await (const { step, state } of tinyRun(model, adapter, { steps: 4 }))
    if (step === 2) resume = await state();
  const straight = await valuesOf(adapter);
  adapter.dispose();
  const again = loraFromFile(model.decoder.spec, patterned());
  await reportsOf(tinyRun(model, again, { steps: 4, resume: resume! }));
  expect(await valuesOf(again)).toEqual(straight);
  again.dispose();
});

test('M1: what is written is what was read, and merges by its own scalings', async () => {
  const { spec } = model.decoder;
  const read = await readAdapter(memoryFolder(writeAdapter(patterned(), spec)), spec);
  expect(await readAdapter(memoryFolder(writeAdapter(read, spec)), spec)).toEqual(read);
  const { change: merge } = mergeInto(spec, read);
  for (const [path, pair] of patterned().tensors) {
    const { rank = 4, alpha = 8, a, b } = pair;
    expect(read.tensors.get(path)).toMatchObject({ a, b });
    const inputs = a.length / rank;
    const weight = new Float32Array((b.length / rank) * inputs);
    merge(`${path}.weight`, weight, 0);
    const expected = weight.map((_, i) => {
      const [row, column] = [Math.floor(i / inputs), i % inputs];
      let sum = 0;
      for (let r = 0; r < rank; r++) sum += b[row * rank + r]! * a[r * inputs + column]!;
      return (alpha / rank) * sum;
    });
    expectClose(weight, expected, 1e-6, path);
  }
});
