// The built-in tokenizer, as the library that the lab uses reads it.
import { Tokenizer } from '@huggingface/tokenizers';
import { Template } from '@huggingface/jinja';
import fc from '../../support/fast-check.ts';
import { describe, expect, it } from 'vitest';
import { describedPrompt } from '../../../src/pretraining/corpus/describe.ts';
import { RECIPE } from '../../../src/pretraining/recipe.ts';
import {
  builtinTokenizerFiles,
  corpusEncoder,
} from '../../../src/pretraining/tokenizer/builtin-tokenizer.ts';
import { learnMerges } from '../../../src/pretraining/tokenizer/byte-pairs.ts';

const files = builtinTokenizerFiles(RECIPE);
const tokenizer = new Tokenizer(files.tokenizer, files.config);
const encode = (text: string) => tokenizer.encode(text, { add_special_tokens: false }).ids;

describe('built-in tokenizer', () => {
  it('is a pure function of the recipe, of the size it asks for', () => {
    expect(builtinTokenizerFiles(RECIPE)).toEqual(files);
    expect(Object.keys(files.tokenizer.model.vocab)).toHaveLength(RECIPE.vocabularySize);
  });

  it('reads any text back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
        expect(tokenizer.decode(encode(text), { skip_special_tokens: false })).toBe(text);
      }),
    );
  });

  it('gives each digit, sign and point a token, wherever the number stands', () => {
    for (const number of ['0.25', '-3.50', '17', '-1204.07']) {
      expect(encode(number)).toHaveLength(number.length);
      const context = encode('<|user|>x=-0.5.<|assistant|>');
      const whole = encode(`<|user|>x=-0.5.<|assistant|>${number}<|end|>`);
      expect(whole).toEqual([...context, ...encode(number), 1]);
    }
  });

  it('keeps prompts short', () => {
    const prompt = describedPrompt('beta', { alpha: 2, beta: 5 });
    const template = new Template(files.config['chat_template'] as string);
    const text = template.render({
      messages: [{ role: 'user', content: prompt }],
      add_generation_prompt: true,
    });
    expect(text).toBe(`<|user|>${prompt}<|assistant|>`);
    expect(encode(text).length).toBeLessThanOrEqual(32);
  });

  it('agrees with the fast encoder of the corpus', () => {
    const fast = corpusEncoder(files);
    for (const text of [
      '<|user|>Pick a random fruit. Output ONLY the answer.<|assistant|>apple<|end|>',
      'Größe: 3 µm\n\tx2  — 数字',
    ]) {
      expect(fast(text)).toEqual(encode(text));
    }
  });
});

describe('learnMerges', () => {
  it('joins the most frequent pair first, alphabetically among equals', () => {
    const words = new Map([
      ['abab', 2],
      ['bc', 3],
      ['cd', 3],
    ]);
    expect(learnMerges(words, 3)).toEqual([
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'd'],
    ]);
    expect(learnMerges(new Map([['a', 5]]), 3)).toEqual([]);
  });
});
