// `lab merge`: what it writes gives the logits that PyTorch has with the adapter.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { nodeFolder } from '../../../../cli/model-folder.ts';
import { modelFolder } from '../../../../src/model/gguf-folder.ts';
import { loadTokenizer } from '../../../../src/model/tokenizer/tokenizer.ts';
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

  await expectLogits(out, golden(name));
});

const GGUF_MODELS = ['llama_k', 'llama_rope', 'qwen3_k', 'gemma3'];
const gguf = (path: string) =>
  fileURLToPath(new URL(`../../../golden/gguf/${path}`, import.meta.url));

test.each(GGUF_MODELS)('%s from GGUF to GGUF, with its adapter', async (name) => {
  const out = await temporaryFolder();
  const line = [
    'merge',
    '--model',
    gguf(`${name}/model.gguf`),
    '--adapter',
    gguf(`${name}/adapter`),
  ];
  const { files } = await result<{ files: { name: string; bytes: number }[] }>([
    ...line,
    ...['--to', 'gguf', '--type', 'F32', '--out', out],
  ]);
  expect(files.map((file) => file.name)).toEqual(['model-F32.gguf']);
  await expectLogits(out, gguf(name));
});

test.each(['llama_k', 'llama_rope', 'qwen3_k'])(
  '%s as a folder, and back to GGUF: the same model and tokenizer',
  async (name) => {
    const model = ['--model', gguf(`${name}/model.gguf`)];
    const [folder, out] = [await temporaryFolder(), await temporaryFolder()];
    const line = ['merge', ...model, '--adapter', gguf(`${name}/adapter`), '--out', folder];
    await result(line);
    await result(['merge', '--model', folder, '--to', 'gguf', '--type', 'F32', '--out', out]);
    const sequences = await sequencesOf(gguf(name));
    expectAlike(await logitsOf(out, sequences), await logitsOf(folder, sequences));
    const back = join(out, 'model-F32.gguf');
    const [before, after] = [
      await tokenizerIn(gguf(`${name}/model.gguf`)),
      await tokenizerIn(back),
    ];
    const { strings } = JSON.parse(await readFile(gguf('strings.json'), 'utf8')) as {
      strings: string[];
    };
    for (const text of strings) expect(after.encode(text), text).toEqual(before.encode(text));
    expect(after.promptTokens('Hello')).toEqual(before.promptTokens('Hello'));
    expect(after.endTokens).toEqual(before.endTokens);
  },
);

const tokenizerIn = async (path: string) =>
  loadTokenizer(await modelFolder(await nodeFolder(path)));

const sequencesOf = async (truth: string) =>
  (JSON.parse(await readFile(join(truth, 'golden.json'), 'utf8')) as { sequences: number[][] })
    .sequences;

async function logitsOf(model: string, sequences: number[][]): Promise<readonly Float32Array[]> {
  const input = await jsonFile({ sequences });
  const logits = join(await temporaryFolder(), 'logits.safetensors');
  await result(['forward', '--model', model, '--input', input, '--out', logits]);
  const found = await tensorsOf(logits);
  return sequences.map((_, i) => found.get(`sequence.${i}.logits`)!.values);
}

function expectAlike(actual: readonly Float32Array[], expected: readonly Float32Array[]): void {
  actual.forEach((values, i) => {
    expect(values).toHaveLength(expected[i]!.length);
    const worst = values.reduce((max, x, at) => Math.max(max, Math.abs(x - expected[i]![at]!)), 0);
    expect(worst).toBeLessThanOrEqual(2e-4);
  });
}

/** The logits with the adapter, as PyTorch has them. */
async function expectLogits(model: string, truth: string): Promise<void> {
  const sequences = await sequencesOf(truth);
  const golden = await tensorsOf(join(truth, 'logits.safetensors'));
  const expected = sequences.map((_, i) => golden.get(`adapter.${i}`)!.values);
  expectAlike(await logitsOf(model, sequences), expected);
}

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
