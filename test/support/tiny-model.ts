// The golden qwen3 model (random weights, 60 thousand parameters) with a tokenizer that can count.
import { readFile } from 'node:fs/promises';
import { loadLanguageModel } from '../../src/model/language-model.ts';
import type { LanguageModel } from '../../src/model/language-model.ts';
import { memoryFolder } from '../../src/model/model-files.ts';
import type { ModelFiles } from '../../src/model/model-files.ts';
import { tinyTokenizer } from './tiny-tokenizer.ts';

/** The folder, as if it had been downloaded. */
export async function tinyModelFiles(): Promise<ModelFiles> {
  const golden = new URL('../golden/models/qwen3/', import.meta.url);
  const bytes = async (name: string) => new Uint8Array(await readFile(new URL(name, golden)));
  const json = (value: object) => new TextEncoder().encode(JSON.stringify(value));
  return memoryFolder(
    new Map([
      ['config.json', await bytes('config.json')],
      ['model.safetensors', await bytes('model.safetensors')],
      ['tokenizer.json', json(tinyTokenizer)],
      ['tokenizer_config.json', json({ eos_token: '</s>', unk_token: '<unk>' })],
    ]),
  );
}

/** On the present backend. */
export async function loadTinyModel(): Promise<LanguageModel> {
  return loadLanguageModel(await tinyModelFiles());
}
