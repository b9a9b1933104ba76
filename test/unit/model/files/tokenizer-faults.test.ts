// Faults of templates and tokenizers that were found in use, each by its right value.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nodeFolder } from '../../../../cli/model-folder.ts';
import { InputError } from '../../../../src/core/errors.ts';
import type { ModelFiles } from '../../../../src/model/files/model-files.ts';
import { chatTemplate } from '../../../../src/model/tokenizer/chat-template.ts';
import { strftime } from '../../../../src/model/tokenizer/study-date.ts';
import { loadTokenizer } from '../../../../src/model/tokenizer/tokenizer.ts';

const at = (name: string) => new URL(`../../../golden/faults/${name}`, import.meta.url).pathname;

/** A folder with JSON files in place of some, or beside them. */
async function folder(name: string, changes: Record<string, object> = {}): Promise<ModelFiles> {
  const files = await nodeFolder(at(name));
  return async (file) =>
    changes[file] ? new TextEncoder().encode(JSON.stringify(changes[file])) : files(file);
}

describe('M2: a template that prints the date', () => {
  it('prints the one it is given, whatever day it is', async () => {
    const tokenizer = await loadTokenizer(await folder('date-in-prompt/model'));
    expect(tokenizer.promptText('Hi')).toBe('Current date: 2024-07-26\nHi');
    expect(tokenizer.on('2025-02-03').promptText('Hi')).toBe('Current date: 2025-02-03\nHi');
  });

  it('has the formats of Python, in English', () => {
    const format = '%A %a %d %-d %e %B %b %m %Y %y %j %H:%M:%S %I %p %%';
    expect(strftime('2024-07-06', format)).toBe(
      'Saturday Sat 06 6  6 July Jul 07 2024 24 188 00:00:00 12 AM %',
    );
  });
});

describe('M3: what transformers passes to templates', () => {
  it.each([
    ['{{ tools is none }} {{ documents is none }}', 'true true'],
    ['{{ tools is defined }} {{ documents is defined }}', 'true true'],
    ['{% if tools is not none %}TOOLS{% endif %}{% if tools %}T{% endif %}.', '.'],
    ['{{ date_string is defined }}', 'false'],
    ['{{ sep_token }}{{ cls_token }}{{ mask_token }}', '<s><c><m>'],
    [
      '{% for i in range(3) %}{{ i }}{% endfor %}{% for i in range(4, 0, -2) %}{{ i }}{% endfor %}',
      '01242',
    ],
    ['{{ True }}{{ none is none }}{{ None is none }}', 'truetruetrue'],
  ])('%s', (source, text) => {
    const specials = { sep_token: '<s>', cls_token: '<c>', mask_token: '<m>' };
    expect(chatTemplate(source, specials).prompt('?')).toBe(text);
  });
});

describe('M4: numerals that are not ASCII', () => {
  it('are digits', async () => {
    const tokenizer = await loadTokenizer(await folder('digits-nonascii/tokenizer'));
    expect(tokenizer.encode('１１')).toEqual([260, 260]);
    expect(tokenizer.encode('²½')).toEqual([257, 258]);
    expect(tokenizer.encodeAnswer('²½')).toEqual([257, 258]);
  });
});

describe('M7: the token that ends a turn', () => {
  it('ends an answer where the generation configuration names it', async () => {
    const both = { 'generation_config.json': { eos_token_id: [1, 2] } };
    const { endTokens, endToken, notes } = await loadTokenizer(await folder('end-of-turn', both));
    expect({ endTokens, endToken, notes }).toEqual({ endTokens: [2, 1], endToken: 2, notes: [] });
  });

  it('is told in one line where no file calls it an end', async () => {
    const { endTokens, notes } = await loadTokenizer(await folder('end-of-turn'));
    expect(endTokens).toEqual([1]);
    expect(notes).toEqual([
      'The chat template writes "<|eot_id|>" after an answer, and no end-of-sequence token of the model is in it ("<|end_of_text|>"): answers end with "<|end_of_text|>".',
    ]);
  });

  it('need not be the first that ends', async () => {
    const many = { 'generation_config.json': { eos_token_id: [0, 1, 2] } };
    const { endTokens } = await loadTokenizer(await folder('end-of-turn', many));
    expect(endTokens).toEqual([2, 1, 0]);
  });
});

describe('H1: a template without end', () => {
  const doubled = (most: number) =>
    `{% set n = namespace(s="aaaaaaaaaa") %}{% for i in range(${most}) %}{% set n.s = n.s ~ n.s %}{% endfor %}{{ n.s`;
  it.each([
    ['a long range', '{% for i in range(1000000000) %}x{% endfor %}', 'range() is longer than'],
    [
      'loops in loops',
      '{% set r = range(10000) %}{% for a in r %}{% for b in r %}{% endfor %}{% endfor %}',
      'more than 2000000 steps',
    ],
    [
      'loops that do something',
      '{% for a in range(9999) %}{% for b in range(9999) %}{{ a + b }}{% endfor %}{% endfor %}',
      'more than 2000000 steps',
    ],
    ['a text that doubles', `${doubled(100)} }}`, 'more than 1048576 characters'],
    ['a text in a text', `${doubled(15)}.replace("a", n.s) }}`, 'a text too long'],
    [
      'a list that doubles',
      '{% set n = namespace(s=[1]) %}{% for i in range(99) %}{% set n.s = n.s + n.s %}{% endfor %}',
      'more than 2000000 steps',
    ],
    [
      'macros that call each other',
      '{% macro a(f, g) %}{{ f(f, g) }}{{ g(f, g) }}{% endmacro %}{{ a(a, a) }}',
      'calls itself',
    ],
    ['deep brackets', `{{ ${'('.repeat(20000)}1${')'.repeat(20000)} }}`, 'nested too deeply'],
    [
      'deep conditions',
      '{% if true %}'.repeat(5000) + '{% endif %}'.repeat(5000),
      'nested too deeply',
    ],
    ['white space', `${' '.repeat(100_000)}{% generation %}`, 'more than 4096 white spaces'],
    ['a long source', 'x'.repeat(200_000), '131072 is the most'],
    ['a wide indent', '{{ [[1]] | tojson(indent=900000000) }}', 'a text too long'],
  ])('%s', (_, source, why) => {
    const attempt = () => chatTemplate(source, {}).prompt('?');
    expect(attempt).toThrow(InputError);
    expect(attempt).toThrow(why);
    expect(attempt).toThrow(/^The chat template fails: /);
  });
});

describe('H1: a pattern that backtracks', () => {
  const tiny = JSON.parse(
    readFileSync(new URL('../../../golden/tokenizer/tokenizer.json', import.meta.url), 'utf8'),
  ) as object;
  const parts = (regex: string) => {
    const pattern = { Regex: regex };
    return [
      { pre_tokenizer: { type: 'Split', pattern, behavior: 'Isolated', invert: false } },
      {
        pre_tokenizer: {
          type: 'Sequence',
          pretokenizers: [{ type: 'Split', pattern, behavior: 'Removed', invert: true }],
        },
      },
      { normalizer: { type: 'Replace', pattern, content: 'x' } },
      { pre_tokenizer: { type: 'Split', pattern, behavior: 'MergedWithNext', invert: false } },
    ];
  };
  it.each([
    ['(a+)+b', 'a'],
    ['(a|aa)+$', 'a'],
    ['(a*)*b', 'a'],
    ['(?:\\w+\\s?)*!', 'word '],
    ['(?=(a+)+b)a', 'a'],
    ['(.*.*.*.*.*)!', 'a'],
    ['(?<=(a+)+c)b|a', 'ab'],
    ['([a-c]|b)+d', 'b'],
    ['(a?){40}a{40}', 'a'],
  ])('%s', async (regex, piece) => {
    for (const part of parts(regex)) {
      const files = await folder('end-of-turn', {
        'tokenizer.json': { ...tiny, ...part },
        'tokenizer_config.json': { eos_token: '</s>' },
      });
      const attempt = loadTokenizer(files).then((each) => each.encode(piece.repeat(3000) + '?'));
      await expect(attempt).rejects.toThrow(InputError);
      await expect(attempt).rejects.toThrow(/tokenizer\.json has a pattern that takes too long/);
    }
  });

  it.each([
    ['(a)\\1', 'refers back'],
    ['(?:(?:a{100}){100}){100}', 'longer than 20000 steps'],
    ['a'.repeat(20_000), 'more than 10000 characters'],
    ['(', 'tokenizer.json cannot be used'],
  ])('%.20s is refused at once', async (regex, why) => {
    const files = await folder('end-of-turn', {
      'tokenizer.json': { ...tiny, ...parts(regex)[0] },
      'tokenizer_config.json': { eos_token: '</s>' },
    });
    await expect(loadTokenizer(files)).rejects.toThrow(InputError);
    await expect(loadTokenizer(files)).rejects.toThrow(why);
  });
});
