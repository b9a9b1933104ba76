// `lab gradients` against PyTorch's losses and gradients, and against differences of its own loss.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { randomStream } from '../../../../src/core/random.ts';
import { maskedSoftTargetKl } from '../../../../src/core/scoring/losses.ts';
import {
  projectionsOf,
  modulePath,
  projectionShape,
} from '../../../../src/model/spec/decoder-spec.ts';
import { decoderSpecFrom } from '../../../../src/model/families/index.ts';
import type { LoraPair } from '../../../../src/model/adapter/peft.ts';
import { readAdapter } from '../../../../src/model/adapter/peft.ts';
import { writeAdapter } from '../../../../src/model/adapter/peft-writer.ts';
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
    scaling: 2,
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
