// Folders of families whose keys are not Llama's, written as GGUF files and read again.
import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { startNodeBackend } from '../../../../cli/backend.ts';
import { memoryFolder } from '../../../../src/model/files/model-files.ts';
import { ggufDescription } from '../../../../src/model/gguf-description.ts';
import { loadDecoder } from '../../../../src/model/language-model.ts';
import { mergedGguf } from '../../../../src/model/merged-gguf.ts';
import { readCheckpoint } from '../../../../src/model/model-folder.ts';
import { checkMerged, Tally } from '../../../parity/checks.ts';
import { loadGoldenModel } from '../../../parity/golden-model.ts';

const read = async (path: string) =>
  new Uint8Array(await readFile(new URL(`../../../golden/${path}`, import.meta.url)));
const encoded = (value: object) => new TextEncoder().encode(JSON.stringify(value));

const byteLevel = { type: 'ByteLevel', add_prefix_space: false, use_regex: true };
/** Of three tokens and one that ends; the golden models have none. */
const TOKENIZER = (end: number) => ({
  added_tokens: [{ id: end, content: '</s>', special: true }],
  normalizer: null,
  pre_tokenizer: byteLevel,
  post_processor: null,
  decoder: byteLevel,
  model: { type: 'BPE', vocab: { a: 3, b: 4, ab: 5 }, merges: ['a b'] },
});

async function folderOf(name: string, changes: object = {}) {
  const config = JSON.parse(new TextDecoder().decode(await read(`models/${name}/config.json`))) as {
    eos_token_id: number;
  };
  const files = new Map([
    ['config.json', encoded({ ...config, ...changes })],
    ['model.safetensors', await read(`models/${name}/model.safetensors`)],
    ['tokenizer.json', encoded(TOKENIZER(config.eos_token_id))],
    ['tokenizer_config.json', encoded({ eos_token: '</s>' })],
  ]);
  return memoryFolder(files);
}

async function written(folder: Awaited<ReturnType<typeof folderOf>>) {
  const checkpoint = await readCheckpoint(folder);
  const { chunks } = mergedGguf(checkpoint, await ggufDescription(folder, checkpoint), 'F32');
  const pieces: Uint8Array[] = [];
  for await (const piece of chunks()) pieces.push(piece.slice());
  return memoryFolder(new Map([['model.gguf', new Uint8Array(Buffer.concat(pieces))]]));
}

beforeAll(() => startNodeBackend('wasm'));

test.each(['qwen3', 'granite', 'olmo2'])('%s keeps PyTorch’s logits', async (name) => {
  const golden = await loadGoldenModel(name, read);
  const { decoder } = await loadDecoder(await written(await folderOf(name)));
  const tally = new Tally();
  await checkMerged(golden, decoder, 2e-4, tally, 'base');
  expect(tally.numbers).toBeGreaterThan(0);
  decoder.dispose();
  golden.dispose();
});

// The golden models of these have layers that no key of GGUF describes.
test.each([
  ['starcoder2', { sliding_window: null }],
  ['smollm3', { no_rope_layers: [1, 1, 1] }],
])('%s is the same model when it is read again', async (name, changes) => {
  const folder = await folderOf(name, changes);
  const [before, after] = [await loadDecoder(folder), await loadDecoder(await written(folder))];
  const plain = ({ spec }: typeof before.decoder) => ({ ...spec, endTokens: [], ropes: [] });
  expect(plain(after.decoder)).toEqual(plain(before.decoder));
  for (const [i, rope] of before.decoder.spec.ropes.entries()) {
    const again = after.decoder.spec.ropes[i]!;
    rope.inverseFrequencies.forEach((frequency, at) =>
      expect(again.inverseFrequencies[at]! / frequency).toBeCloseTo(1, 5),
    );
  }
  for (const each of [before, after]) each.decoder.dispose();
});

test.each([
  ['starcoder2', /layers that attend in ways of their own.*safetensors/s],
  ['smollm3', /layers that attend in ways of their own/],
  [
    'gemma3_text',
    /A folder of gemma3_text is not written as GGUF here.*Written are llama, .*granite/s,
  ],
  ['gpt_neox', /A folder of gpt_neox is not written/],
  ['qwen3_moe', /A folder of qwen3_moe is not written/],
])('%s is refused by name, with what to use instead', async (name, words) => {
  const folder = await folderOf(name);
  const checkpoint = await readCheckpoint(folder);
  await expect(
    ggufDescription(folder, checkpoint).catch((error: { message: string; advice: string }) => {
      throw new Error(`${error.message} ${error.advice}`);
    }),
  ).rejects.toThrow(words);
});
