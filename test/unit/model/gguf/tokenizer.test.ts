// Tokenizers from the keys of GGUF files: the same ids as llama.cpp, transformers and the Rust library.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { nodeFolder } from '../../../../cli/model-folder.ts';
import { modelFolder } from '../../../../src/model/gguf-folder.ts';
import { loadTokenizer } from '../../../../src/model/tokenizer/tokenizer.ts';
import { REAL_FILES, whyAbsent } from '../../../../scripts/real-model-files.mjs';

interface Strings {
  readonly strings: readonly { readonly text: string; readonly ids: readonly number[] }[];
  readonly with_special: { readonly text: string; readonly ids: readonly number[] };
  readonly chats?: readonly {
    readonly messages: readonly { readonly content: string }[];
    readonly ids: readonly number[];
  }[];
}

const golden = new URL('../../../golden/gguf/', import.meta.url);
const json = async (name: string) => JSON.parse(await readFile(new URL(name, golden), 'utf8'));
const many = (await json('strings.json')) as {
  strings: string[];
  ids: Record<string, number[][]>;
};
const real = (await json('tokenizers.json')) as Record<'smollm2' | 'gemma3', Strings>;

const tiny = await Promise.all(
  ['llama_k', 'llama_rope', 'qwen3_k', 'gemma3'].map(async (name) => {
    const { tokenizer } = (await json(`${name}/golden.json`)) as { tokenizer: Strings };
    return [name, new URL(`${name}/model.gguf`, golden).pathname, tokenizer] as const;
  }),
);

async function check(path: string, name: string, { strings, with_special, chats }: Strings) {
  const tokenizer = await loadTokenizer(await modelFolder(await nodeFolder(path)));
  for (const { text, ids } of strings) expect(tokenizer.encode(text), text).toEqual(ids);
  expect(tokenizer.textTokens(with_special.text)).toEqual(with_special.ids);
  for (const { messages, ids } of chats ?? []) {
    if (messages.length === 1) expect(tokenizer.promptTokens(messages[0]!.content)).toEqual(ids);
  }
  expect(many.strings.length).toBeGreaterThanOrEqual(500);
  many.strings.forEach((text, i) => {
    const ids = many.ids[name]![i]!;
    expect(tokenizer.encode(text), text).toEqual(ids);
    // The short way through plain numbers.
    if (/^-?\d+(\.\d+)?$/.test(text)) expect(tokenizer.encodeAnswer(text), text).toEqual(ids);
  });
}

test.each(tiny)('%s', (name, path, strings) => check(path, name, strings));

test.each([
  ['smollm2', REAL_FILES.smollm2, real.smollm2],
  ['gemma3_270m', REAL_FILES.gemma3, real.gemma3],
] as const)('%s, from the real file', async (name, path, strings) => {
  if (!existsSync(path)) return console.log(whyAbsent(path));
  await check(path, name, strings);
});
