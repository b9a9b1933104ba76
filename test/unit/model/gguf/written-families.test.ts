// Folders of families whose keys are not Llama's, written as GGUF files and read again.
import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { startNodeBackend } from '../../../../cli/backend.ts';
import { memoryFolder } from '../../../../src/model/files/model-files.ts';
import { ggufDescription } from '../../../../src/model/gguf-description.ts';
import { loadDecoder } from '../../../../src/model/language-model.ts';
import { mergedGguf } from '../../../../src/model/merged-gguf.ts';
import { readCheckpoint } from '../../../../src/model/model-folder.ts';
import { mergedWeights } from '../../../../src/model/merge.ts';
import { modelFolder } from '../../../../src/model/gguf-folder.ts';
import { loadTokenizer } from '../../../../src/model/tokenizer/tokenizer.ts';
import { nodeFolder } from '../../../../cli/model-folder.ts';
import { checkMerged, pathLogits, Tally } from '../../../parity/checks.ts';
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
    eos_token_id: number | number[];
  };
  const [end = 0] = [config.eos_token_id].flat();
  const files = new Map([
    ['config.json', encoded({ ...config, ...changes })],
    ['model.safetensors', await read(`models/${name}/model.safetensors`)],
    ['tokenizer.json', encoded(TOKENIZER(end))],
    ['tokenizer_config.json', encoded({ eos_token: '</s>' })],
  ]);
  return memoryFolder(files);
}

async function written(folder: Awaited<ReturnType<typeof folderOf>>) {
  const checkpoint = await readCheckpoint(folder);
  const { chunks } = mergedGguf(checkpoint, await ggufDescription(folder, checkpoint), 'F32');
  return memoryFolder(new Map([['model.gguf', await joined(chunks())]]));
}

async function joined(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  for await (const piece of chunks) pieces.push(piece.slice());
  return new Uint8Array(Buffer.concat(pieces));
}

beforeAll(() => startNodeBackend('wasm'));

test.each([
  ...['qwen3', 'granite', 'olmo2', 'llama3_rope', 'phi3', 'phi3_longrope'],
  ...['gpt_neox', 'phi', 'qwen3_moe'],
])('%s keeps PyTorch’s logits', async (name) => {
  const golden = await loadGoldenModel(name, read);
  const { decoder } = await loadDecoder(await written(await folderOf(name)));
  const tally = new Tally();
  await checkMerged(golden, decoder, 2e-4, tally, 'base');
  expect(tally.numbers).toBeGreaterThan(0);
  decoder.dispose();
  golden.dispose();
});

// The golden models of these have settings that no key of GGUF describes.
test.each([
  ['starcoder2', { sliding_window: null }],
  ['smollm3', { no_rope_layers: [1, 1, 1] }],
  ['gemma2', { query_pre_attn_scalar: 12 }],
  ['gemma3_text', { query_pre_attn_scalar: 16, sliding_window_pattern: 6 }],
  ['gemma3_text_linear', { layer_types: null }],
  ['cohere2', { sliding_window_pattern: 4 }],
])('%s has the same logits when it is read again', async (name, changes) => {
  const folder = await folderOf(name, changes);
  const golden = await loadGoldenModel(name, read);
  const [before, after] = [await loadDecoder(folder), await loadDecoder(await written(folder))];
  const tally = new Tally();
  for (const sequence of golden.golden.sequences) {
    const logits = await Promise.all(
      [before, after].map(({ decoder }) => pathLogits(decoder, sequence)),
    );
    tally.absolute(logits[1]!, logits[0]!, 1e-5, name);
  }
  for (const each of [before, after]) each.decoder.dispose();
  golden.dispose();
});

test('a vocabulary of SentencePiece is the same when it is read again', async () => {
  const { pathname } = new URL('../../../golden/gguf/gemma3/model.gguf', import.meta.url);
  const made = await modelFolder(await nodeFolder(pathname));
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json']) {
    files.set(name, new Uint8Array((await made(name))!));
  }
  const weights = mergedWeights(await readCheckpoint(await nodeFolder(pathname)));
  files.set('model.safetensors', await joined(weights.chunks()));
  const again = await loadTokenizer(await modelFolder(await written(memoryFolder(files))));
  const { strings, ids } = JSON.parse(
    new TextDecoder().decode(await read('gguf/strings.json')),
  ) as { strings: string[]; ids: Record<string, number[][]> };
  expect(strings.length).toBeGreaterThanOrEqual(500);
  strings.forEach((text, i) => expect(again.encode(text), text).toEqual(ids['gemma3']![i]));
  const prompt = 'One number.';
  expect(again.textTokens(prompt)).toEqual((await loadTokenizer(made)).textTokens(prompt));
});

test.each([
  ['starcoder2', /layers that attend in ways of their own.*safetensors/s],
  ['smollm3', /layers that attend in ways of their own/],
  [
    'gemma2',
    /A folder of gemma2 with a scale of attention of its own is not written.*safetensors/s,
  ],
  ['gemma3_text', /A folder of gemma3_text with a scale of attention of its own/],
  ['cohere2', /layers that attend in ways of their own/],
  ['qwen3_moe_unnormalised', /A folder of qwen3_moe with an MLP or experts of another kind/],
  ['gpt2', /A folder of gpt2 is not written as GGUF here.*Written are llama, .*granite/s],
])('%s is refused by name, with what to use instead', async (name, words) => {
  const folder = await folderOf(name);
  const checkpoint = await readCheckpoint(folder);
  await expect(
    ggufDescription(folder, checkpoint).catch((error: { message: string; advice: string }) => {
      throw new Error(`${error.message} ${error.advice}`);
    }),
  ).rejects.toThrow(words);
});
