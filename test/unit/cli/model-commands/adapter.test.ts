// `lab adapter`: an adapter from PEFT to GGUF and back, with the same gradients and tokenizer.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder, tensorsOf } from '../../../support/golden-jobs.ts';
import { lab, result } from '../run.ts';

const golden = (name: string) => new URL(`../../../golden/gguf/${name}`, import.meta.url).pathname;

test('goes to GGUF and back', async () => {
  const folder = await temporaryFolder();
  const model = ['--model', golden('llama_k/model.gguf')];
  const file = join(folder, 'a.gguf');
  const there = await result([
    'adapter',
    ...model,
    '--adapter',
    golden('llama_k/adapter'),
    '--to',
    'gguf',
    '--out',
    file,
  ]);
  expect(there).toEqual({ rank: 2, alpha: 4, tensors: 16 });
  const back = await result([
    'adapter',
    ...model,
    '--adapter',
    file,
    '--to',
    'peft',
    '--out',
    join(folder, 'peft'),
  ]);
  expect(back).toEqual({ rank: 2, alpha: 4, tensors: 16 });
  expect((await readdir(join(folder, 'peft'))).sort()).toEqual([
    'adapter_config.json',
    'adapter_model.safetensors',
    'tokenizer.json',
    'tokenizer_config.json',
  ]);
  const weights = 'adapter_model.safetensors';
  expect(await tensorsOf(join(folder, 'peft', weights))).toEqual(
    await tensorsOf(golden(`llama_k/adapter/${weights}`)),
  );
  const config = JSON.parse(await readFile(join(folder, 'peft', 'tokenizer_config.json'), 'utf8'));
  expect(config.chat_template).toContain('<|im_start|>');
});

test('says what is wrong in one line', async () => {
  const model = ['--model', golden('qwen3_k/model.gguf')];
  const folder = await temporaryFolder();
  const out = ['--to', 'gguf', '--out', join(folder, 'a.gguf')];
  const other = await lab([
    'adapter',
    ...model,
    '--adapter',
    golden('llama_k/adapter.gguf'),
    ...out,
  ]);
  expect(other.status).toBe(2);
  expect(other.errors).toMatch(
    /^error: adapter\.gguf: general\.architecture is "llama", expected "qwen3"/,
  );
  const to = await lab([
    'adapter',
    ...model,
    '--adapter',
    golden('llama_k/adapter.gguf'),
    '--to',
    'onnx',
    '--out',
    'x',
  ]);
  expect(to.status).toBe(2);
  expect(to.errors).toMatch(/--to is "onnx"/);
});
