// The keys of a GGUF file that a tokenizer.json of byte pairs amounts to.
import { preTokenizerName } from './pre-tokenizers.ts';
import { CONTROL, NORMAL, tokenizerKey, UNUSED, USER_DEFINED } from './vocabulary.ts';
import type { GgufValue } from './writer.ts';

/** What is read of a tokenizer.json that was loaded before, and so is as it should be. */
export interface BytePairDefinition {
  readonly normalizer?: unknown;
  readonly pre_tokenizer?: unknown;
  readonly post_processor?: unknown;
  readonly added_tokens?: readonly {
    readonly id: number;
    readonly content: string;
    readonly special?: boolean;
  }[];
  readonly model: {
    readonly type?: string;
    readonly ignore_merges?: boolean;
    readonly byte_fallback?: boolean;
    readonly unk_token?: string | null;
    readonly vocab: Readonly<Record<string, number>>;
    readonly merges: readonly (string | readonly [string, string])[];
  };
}

/**
 * @param size rows of the embedding, which may be more than there are tokens
 * @returns undefined where GGUF has no name for how the vocabulary is used
 */
export function vocabularyKeys(
  definition: BytePairDefinition,
  size: number,
): Map<string, GgufValue> | undefined {
  const { model, added_tokens: added = [] } = definition;
  const pre = preTokenizerName(definition);
  if (pre === undefined || model.byte_fallback === true || model.merges.length === 0) {
    return undefined;
  }
  const { texts, kinds } = emptyVocabulary(size);
  for (const [text, id] of Object.entries(model.vocab)) {
    texts[id] = text;
    kinds[id] = NORMAL;
  }
  for (const { id, content, special } of added) {
    texts[id] = content;
    kinds[id] = special ? CONTROL : USER_DEFINED;
  }
  const merges = model.merges.map((pair) => (typeof pair === 'string' ? pair : pair.join(' ')));
  return new Map<string, GgufValue>([
    [tokenizerKey('model'), 'gpt2'],
    [tokenizerKey('pre'), pre],
    [tokenizerKey('tokens'), { texts }],
    [tokenizerKey('token_type'), { i32s: kinds }],
    [tokenizerKey('merges'), { texts: merges }],
    [tokenizerKey('add_bos_token'), beginsWithToken(definition.post_processor)],
  ]);
}

/** As many tokens as rows of the embedding, none of them used yet. */
export const emptyVocabulary = (size: number): { texts: string[]; kinds: number[] } => ({
  texts: Array.from({ length: size }, (_, id) => `[PAD${id}]`),
  kinds: new Array<number>(size).fill(UNUSED),
});

interface Processor {
  readonly processors?: readonly Processor[];
  readonly single?: readonly object[];
}

export function beginsWithToken(processor: unknown): boolean {
  const { processors, ...own } = (processor ?? {}) as Processor;
  return (processors ?? [own]).some(({ single }) => single?.[0] && 'SpecialToken' in single[0]);
}
