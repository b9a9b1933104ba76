// What our own tokenizer.json, which lies in no file, may leave shorter than the format: a vocabulary, and its merges.
import { mergesById, listedMerges } from './merge-ranks.ts';

/** Token ids by text: a large vocabulary takes a multiple of its memory where a map is made of an object. */
export type VocabularyMap = ReadonlyMap<string, number>;

/** The vocabulary of a definition that has it as a map. */
export function vocabularyMap(definition: object): VocabularyMap | undefined {
  const { model } = definition as { readonly model?: { readonly vocab?: unknown } | null };
  return model?.vocab instanceof Map ? (model.vocab as VocabularyMap) : undefined;
}

/** The definition as everyone reads it. */
export function writtenOut(definition: object): object {
  const vocab = vocabularyMap(definition);
  if (!vocab) return definition;
  const { model } = definition as { readonly model: object };
  const merges = mergesById(definition) && {
    merges_by_id: undefined,
    merges: listedMerges(vocab),
  };
  return { ...definition, model: { ...model, vocab: Object.fromEntries(vocab), ...merges } };
}
