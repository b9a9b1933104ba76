// The built-in model's tokenizer: learned from a sample of the very corpus it will encode.
import { Tokenizer } from '@huggingface/tokenizers';
import { WORD_LISTS } from '../corpus/categories.ts';
import type { Encode } from '../corpus/document.ts';
import { createCorpus } from '../corpus.ts';
import type { PretrainingRecipe } from '../recipe.ts';
import { cachedEncoder } from './cached-encoder.ts';
import { buildTokenizerFiles, type TokenizerFiles } from './tokenizer-files.ts';

/** Steps of the corpus whose text the merges are learned from. */
const SAMPLE_STEPS = 60;
/** How often each listed thing is counted beside the sample, so that most become one token. */
const ITEM_REPEATS = 4;

/** The tokenizer's files for a recipe: a pure function of it. */
export function builtinTokenizerFiles(recipe: PretrainingRecipe): TokenizerFiles {
  return buildTokenizerFiles(sampleTexts(recipe), recipe.vocabularySize);
}

/** An encoder for the corpus, made from the tokenizer's own files. */
export function corpusEncoder({ tokenizer, config }: TokenizerFiles): Encode {
  const built = new Tokenizer(tokenizer, config);
  return cachedEncoder((text) => built.encode(text, { add_special_tokens: false }).ids);
}

/** Every text that a stretch of the corpus would encode, without special tokens, and all listed things. */
function sampleTexts(recipe: PretrainingRecipe): string[] {
  const texts: string[] = [];
  const corpus = createCorpus(recipe, (text) => {
    texts.push(text.replaceAll(/<\|\w+\|>/g, ''));
    return Array.from(text, (letter) => letter.codePointAt(0)!);
  });
  for (let step = 0; step < SAMPLE_STEPS; step++) corpus(step);
  for (const { items } of WORD_LISTS) {
    for (const item of items) for (let i = 0; i < ITEM_REPEATS; i++) texts.push(item, ` ${item}`);
  }
  return texts;
}
