// M4: normalizers, pre-tokenizers and decoders do with Unicode what the Rust library does.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { engineOf } from '../../../../src/model/tokenizer/engine.ts';

type Part = { readonly type: string };
interface Golden {
  readonly texts: readonly string[];
  readonly tokens: readonly (readonly string[])[];
  readonly pre_tokenizers: readonly { part: Part; pieces: readonly (readonly string[])[] }[];
  readonly normalizers: readonly { part: Part; texts: readonly string[] }[];
  readonly decoders: readonly { part: Part; texts: readonly string[] }[];
}

const golden = JSON.parse(
  readFileSync(new URL('../../../golden/tokenizer-parts/parts.json', import.meta.url), 'utf8'),
) as Golden;

const engine = (parts: object) =>
  engineOf(
    {
      ...{ normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null },
      ...{ added_tokens: [], model: { type: 'BPE', vocab: { a: 0 }, merges: [] } },
      ...parts,
    },
    {},
  );

describe('M4: the library agrees with the Rust one', () => {
  it.each(golden.pre_tokenizers.map((each) => [JSON.stringify(each.part), each] as const))(
    'pre-tokenizer %s',
    (_, { part, pieces }) => {
      const { pre_tokenizer } = engine({ pre_tokenizer: part });
      const found = golden.texts.map((text) =>
        pre_tokenizer!.pre_tokenize([text], { section_index: 0 }),
      );
      expect(found).toEqual(pieces);
    },
  );

  it.each(golden.normalizers.map((each) => [JSON.stringify(each.part), each] as const))(
    'normalizer %s',
    (_, { part, texts }) => {
      const { normalizer } = engine({ normalizer: part });
      expect(golden.texts.map((text) => normalizer!.normalize(text))).toEqual(texts);
    },
  );

  it.each(golden.decoders.map((each) => [JSON.stringify(each.part), each] as const))(
    'decoder %s',
    (_, { part, texts }) => {
      const { decoder } = engine({ decoder: part });
      const found = golden.tokens.map((tokens) => decoder!.decode_chain([...tokens]).join(''));
      expect(found).toEqual(texts);
    },
  );
});
