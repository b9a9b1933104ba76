// The golden qwen3 model (random weights, 60 thousand parameters) with a tokenizer that can count.
import { memoryFolder } from '../../src/model/files/model-files.ts';
import type { ModelFiles } from '../../src/model/files/model-files.ts';
import { tinyTokenizer } from './tiny-tokenizer.ts';

/** The folder, as if it had been downloaded. @param read a file of the golden model */
export async function tinyFolder(read: (name: string) => Promise<Uint8Array>): Promise<ModelFiles> {
  const json = (value: object) => new TextEncoder().encode(JSON.stringify(value));
  return memoryFolder(
    new Map([
      ['config.json', await read('config.json')],
      ['model.safetensors', await read('model.safetensors')],
      ['tokenizer.json', json(tinyTokenizer)],
      ['tokenizer_config.json', json({ eos_token: '</s>', unk_token: '<unk>' })],
    ]),
  );
}
