// `lab gradients` against PyTorch's losses and gradients, and against differences of its own loss.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { randomStream } from '../../../../src/core/random.ts';
import { maskedSoftTargetKl } from '../../../support/losses.ts';
import {
  projectionsOf,
  modulePath,
  projectionShape,
} from '../../../../src/model/spec/decoder-spec.ts';
import { decoderSpecFrom } from '../../../../src/model/families/index.ts';
import type { LoraPair } from '../../../../src/model/adapter/lora-pair.ts';
import { readAdapter } from '../../../../src/model/adapter/peft.ts';
import { writeAdapter } from '../../../../src/model/adapter/peft-writer.ts';
import { writeSafetensors } from '../../../../src/model/files/safetensors-writer.ts';
import { memoryFolder } from '../../../../src/model/files/model-files.ts';
import { expectClose } from '../../../support/compare.ts';
import {
  GOLDEN_MODELS,
  goldenFolder,
  goldenOf,
  jsonFile,
  temporaryFolder,
  tensorsOf,
  trainingInput,
} from '../../../support/golden-jobs.ts';
import { result } from '../run.ts';

async function gradients(input: unknown, model: string, adapter = join(model, 'adapter')) {
  const out = join(await temporaryFolder(), 'gradients.safetensors');
  const line = ['gradients', '--model', model, '--adapter', adapter, '--out', out];
  const { loss } = await result<{ loss: number }>([...line, '--input', await jsonFile(input)]);
  return { loss, tensors: await tensorsOf(out) };
}

test.each(GOLDEN_MODELS)('%s has the golden losses and gradients', async (name) => {
  for (const method of ['soft', 'hard'] as const) {
    const expected = goldenOf(name).training[`${method}_loss`];
    const { loss, tensors } = await gradients(trainingInput(name, method), goldenFolder(name));
    expect(Math.abs(loss / expected - 1)).toBeLessThan(2e-5);
    const golden = await tensorsOf(join(goldenFolder(name), `grads_${method}.safetensors`));
    expect([...tensors.keys()].sort()).toEqual([...golden.keys()].sort());
    for (const [tensor, { shape, values }] of golden) {
      expect(tensors.get(tensor)!.shape).toEqual(shape);
      expectClose(tensors.get(tensor)!.values, values, 1e-4, tensor);
    }
  }
});

const goldenAdapter = (name: string) => join(goldenFolder('llama'), '../../adapters', name);

test('M1: a module with an alpha of its own has the gradients of PEFT', async () => {
  const folder = goldenAdapter('gradients_alpha');
  const input = JSON.parse(await readFile(join(folder, 'in.json'), 'utf8'));
  const adapter = join(folder, 'adapter-alpha');
  const { tensors } = await gradients(input, join(folder, 'model'), adapter);
  const golden = await tensorsOf(join(folder, 'expected-alpha.safetensors'));
  expect([...tensors.keys()].sort()).toEqual([...golden.keys()].sort());
  for (const [name, { shape, values }] of golden) {
    expect(tensors.get(name)!.shape).toEqual(shape);
    expectClose(tensors.get(name)!.values, values, 1e-5, name);
  }
});

test.each([
  ['patterns', 'llama'],
  ['rslora_patterns', 'qwen3'],
] as const)(
  'M1: gradients of %s have the stored shapes, and the loss falls along each of them',
  async (name, base) => {
    const input = trainingInput(base, 'soft');
    const model = goldenFolder(base);
    const { loss, tensors } = await gradients(input, model, goldenAdapter(name));
    const stored = await tensorsOf(join(goldenAdapter(name), 'adapter_model.safetensors'));
    expect([...tensors.keys()].sort()).toEqual([...stored.keys()].sort());
    const config = await readFile(join(goldenAdapter(name), 'adapter_config.json'));
    for (const [tensor, { shape, values }] of stored) {
      const slope = tensors.get(tensor)!;
      expect(slope.shape, tensor).toEqual(shape);
      if (!tensor.includes('layers.1')) continue; // layers are alike
      const squared = slope.values.reduce((sum, g) => sum + g * g, 0);
      const moved = async (by: number) => {
        const data = values.map((x, i) => x + (by * slope.values[i]!) / Math.sqrt(squared));
        const folder = await temporaryFolder();
        await writeFile(join(folder, 'adapter_config.json'), config);
        const all = [...stored].map(
          ([key, t]) => [key, { shape: t.shape, data: t.values }] as const,
        );
        const weights = writeSafetensors(new Map(all).set(tensor, { shape, data }));
        await writeFile(join(folder, 'adapter_model.safetensors'), weights);
        return (await gradients(input, model, folder)).loss;
      };
      const h = 0.03;
      const across = async (by: number) => (await moved(by)) - (await moved(-by));
      const rise = (8 * (await across(h)) - (await across(2 * h))) / (12 * h);
      const relative = Math.abs(rise / Math.sqrt(squared) - 1);
      expect(relative, `${tensor} at loss ${loss}`).toBeLessThan(0.02);
    }
  },
);

test('more examples than fit into a pass', async () => {
  const input = trainingInput('llama', 'soft');
  const examples = Array.from({ length: 7 }, () => input.examples).flat();
  const { loss, tensors } = await gradients({ ...input, examples }, goldenFolder('llama'));
  expect(Math.abs(loss / goldenOf('llama').training.soft_loss - 1)).toBeLessThan(2e-5);
  for (const [name, { values }] of await tensorsOf(
    join(goldenFolder('llama'), 'grads_soft.safetensors'),
  )) {
    expectClose(tensors.get(name)!.values, values, 1e-4, name);
  }
});

test('the temperature divides the logits', async () => {
  const folder = goldenFolder('llama');
  const { examples } = trainingInput('llama', 'soft');
  const out = join(await temporaryFolder(), 'logits.safetensors');
  const sequences = examples.map(({ prompt, completion }) => [...prompt, ...completion]);
  const line = ['forward', '--model', folder, '--adapter', join(folder, 'adapter'), '--out', out];
  await result([...line, '--input', await jsonFile({ sequences })]);
  const logits = await tensorsOf(out);
  for (const tau of [0.5, 3]) {
    const means = examples.map(({ prompt, targets }, i) => {
      const rows = logits.get(`sequence.${i}.logits`)!.values;
      const losses = targets!.map((target, step) => {
        const first = (prompt.length - 1 + step) * 96;
        return maskedSoftTargetKl(rows.subarray(first, first + 96), target, { tau }).loss;
      });
      return losses.reduce((a, b) => a + b) / losses.length;
    });
    const expected = means.reduce((a, b) => a + b) / means.length;
    const { loss } = await gradients({ method: 'soft', tau, examples }, folder);
    expect(Math.abs(loss / expected - 1)).toBeLessThan(2e-5);
  }
});

test('an adapter on every projection: a step along the gradient changes the loss as it says', async () => {
  const model = goldenFolder('qwen3');
  const spec = decoderSpecFrom(JSON.parse(await readFile(join(model, 'config.json'), 'utf8')));
  const random = randomStream(11, 'adapter');
  const rank = 3;
  const tensors = new Map<string, LoraPair>();
  for (let layer = 0; layer < spec.layers; layer++) {
    for (const projection of projectionsOf(spec)) {
      const [out, inputs] = projectionShape(spec, projection);
      const draw = (n: number) => Float32Array.from({ length: n }, () => 0.1 * random.normal());
      tensors.set(modulePath(spec, projection, layer), {
        a: draw(rank * inputs),
        b: draw(out * rank),
      });
    }
  }
  const config = {
    rank,
    alpha: 6,
    rankStabilised: false,
    dropout: 0,
    targets: projectionsOf(spec),
  };
  const lossAt = async (pairs: typeof tensors) => {
    const folder = join(await temporaryFolder(), 'adapter');
    await mkdir(folder);
    const files = writeAdapter({ ...config, tensors: pairs }, spec);
    await readAdapter(memoryFolder(files), spec);
    for (const [name, bytes] of files) await writeFile(join(folder, name), bytes);
    return gradients(trainingInput('qwen3', 'soft'), model, folder);
  };
  const { tensors: slope } = await lossAt(tensors);
  expect(slope.size).toBe(2 * spec.layers * projectionsOf(spec).length);
  const squared = [...slope.values()].reduce(
    (sum, { values }) => sum + values.reduce((s, g) => s + g * g, 0),
    0,
  );
  const step = 0.02 / squared;
  const along = (sign: number) =>
    new Map(
      [...tensors].map(([path, { a, b }]) => {
        const moved = (values: Float32Array, part: 'A' | 'B') => {
          const g = slope.get(`base_model.model.${path}.lora_${part}.weight`)!.values;
          return values.map((x, i) => x + sign * step * g[i]!);
        };
        return [path, { a: moved(a, 'A'), b: moved(b, 'B') }] as const;
      }),
    );
  const change = (await lossAt(along(1))).loss - (await lossAt(along(-1))).loss;
  expect(change / (2 * step * squared)).toBeCloseTo(1, 2);
});
