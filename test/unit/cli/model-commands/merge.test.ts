// `lab merge`: what it writes gives the logits that PyTorch has with the adapter.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { jsonFile, temporaryFolder, tensorsOf } from '../../../support/golden-jobs.ts';
import { lab, result } from '../run.ts';

const golden = (path: string) =>
  fileURLToPath(new URL(`../../../golden/models/${path}`, import.meta.url));

test.each(['llama', 'gpt2', 'gemma3_text', 'gpt_oss'])('%s with its adapter', async (name) => {
  const out = await temporaryFolder();
  const line = ['merge', '--model', golden(name), '--adapter', golden(`${name}/adapter`)];
  const printed = await result<{ files: { name: string }[] }>([...line, '--out', out]);
  expect(printed.files.map((file) => file.name)).toEqual(['config.json', 'model.safetensors']);
  expect((await readdir(out)).sort()).toEqual(['config.json', 'model.safetensors']);

  const { default: facts } = (await import(golden(`${name}/golden.json`), {
    with: { type: 'json' },
  })) as { default: { sequences: number[][] } };
  const input = await jsonFile({ sequences: facts.sequences });
  const logits = join(await temporaryFolder(), 'logits.safetensors');
  await result(['forward', '--model', out, '--input', input, '--out', logits]);
  const [actual, expected] = [
    await tensorsOf(logits),
    await tensorsOf(golden(`${name}/logits.safetensors`)),
  ];
  for (const i of facts.sequences.keys()) {
    const { values } = actual.get(`sequence.${i}.logits`)!;
    const reference = expected.get(`adapter.${i}`)!.values;
    const worst = values.reduce((max, x, at) => Math.max(max, Math.abs(x - reference[at]!)), 0);
    expect(values).toHaveLength(reference.length);
    expect(worst).toBeLessThanOrEqual(2e-4);
  }
});

test('it does not write over the model, nor without an adapter', async () => {
  const model = golden('llama');
  const onto = ['merge', '--model', model, '--adapter', golden('llama/adapter'), '--out', model];
  expect(await lab(onto)).toMatchObject({
    status: 2,
    errors: expect.stringMatching(/llama is the model itself/),
  });
  expect(await lab(['merge', '--model', model, '--out', model])).toMatchObject({
    status: 2,
    errors: expect.stringMatching(/--adapter is missing/),
  });
});

test('a study does not train an adapter on top of another', async () => {
  const line = ['study', '--config', '{}', '--out', await temporaryFolder()];
  expect(await lab([...line, '--adapter', golden('llama/adapter')])).toMatchObject({
    status: 2,
    errors: expect.stringMatching(/cannot be trained on a model that already carries one/),
  });
});
