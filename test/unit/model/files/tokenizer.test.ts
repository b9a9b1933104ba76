import { existsSync, readFileSync } from 'node:fs';
import fc from '../../../support/fast-check.ts';
import { describe, expect, it } from 'vitest';
import { nodeFolder } from '../../../../cli/model-folder.ts';
import { InputError } from '../../../../src/core/errors.ts';
import { memoryFolder, type ModelFiles } from '../../../../src/model/files/model-files.ts';
import { loadTokenizer } from '../../../../src/model/tokenizer/tokenizer.ts';

interface Vectors {
  readonly encode: { text: string; ids: number[]; decoded: string }[];
  readonly bare: { text: string; ids: number[] }[];
  readonly chat: { text: string; rendered: string; ids: number[] }[];
}

const folder = new URL('../../../golden/tokenizer/', import.meta.url).pathname;
const golden = JSON.parse(readFileSync(`${folder}golden.json`, 'utf8')) as Record<string, Vectors>;
const tiny = await nodeFolder(folder);

/** The tiny tokenizer's folder with some files replaced; undefined removes one. */
function changed(changes: Record<string, unknown>): ModelFiles {
  return async (name) => {
    if (!(name in changes)) return tiny(name);
    const content = changes[name];
    if (content === undefined) return undefined;
    return new TextEncoder().encode(
      typeof content === 'string' ? content : JSON.stringify(content),
    );
  };
}

async function agrees(files: ModelFiles, vectors: Vectors): Promise<void> {
  const tokenizer = await loadTokenizer(files);
  for (const { text, ids, decoded } of vectors.encode) {
    expect(tokenizer.encode(text)).toEqual(ids);
    if (decoded === text) expect(tokenizer.encodeAnswer(text)).toEqual(ids);
    expect(tokenizer.decode(ids)).toBe(decoded);
  }
  for (const { text, ids, rendered } of tokenizer.hasChatTemplate ? vectors.chat : []) {
    expect(tokenizer.promptText(text)).toBe(rendered);
    expect(tokenizer.promptTokens(text)).toEqual(ids);
  }
  if (tokenizer.hasChatTemplate) return;
  for (const { text, ids } of vectors.bare) expect(tokenizer.promptTokens(text)).toEqual(ids);
}

describe('a tokenizer', () => {
  it('agrees with transformers', () => agrees(tiny, golden['tiny']!));

  it('agrees with transformers without a chat template', () =>
    agrees(changed({ 'tokenizer_config.json': { eos_token: '</s>' } }), golden['tiny']!));

  it('knows its end tokens, the tokenizer’s own first', async () => {
    const tokenizer = await loadTokenizer(tiny);
    expect(tokenizer.endToken).toBe(1);
    expect(tokenizer.endTokens).toEqual([1, 2]);
    expect(tokenizer.vocabSize).toBe(268);
  });

  it.each([
    ['special_tokens_map.json', { eos_token: '</s>' }, [1, 2]],
    ['generation_config.json', { eos_token_id: [2, 1] }, [2, 1]],
    ['config.json', { eos_token_id: 5 }, [1, 2, 5]],
  ])('finds the end token in %s', async (file, content, endTokens) => {
    const files = changed({ 'tokenizer_config.json': undefined, [file]: content });
    expect((await loadTokenizer(files)).endTokens).toEqual(endTokens);
  });

  it.each([
    ['that the chat template writes after answers', '<end>', [2, 1, 5]],
    ['of the tokenizer, where the template writes none that is named', '<other>', [1, 2, 5]],
  ])('puts the end token first %s', async (_, end, endTokens) => {
    const chat_template = `{% for m in messages %}[{{ m.role }}]</s>{{ m.content }}${end}\n{% endfor %}`;
    const files = changed({
      'tokenizer_config.json': { eos_token: '</s>', chat_template },
      'config.json': { eos_token_id: [1, 5] },
    });
    const tokenizer = await loadTokenizer(files);
    expect(tokenizer.endTokens).toEqual(endTokens);
    expect(tokenizer.endToken).toBe(endTokens[0]);
  });

  it('decodes nothing, unknown ids and single pieces', async () => {
    const tokenizer = await loadTokenizer(tiny);
    expect(tokenizer.decode([])).toBe('');
    expect(tokenizer.decode([9999])).toBe('');
    const tokens = tokenizer.encode('the user</s>');
    expect(tokenizer.decode([...tokens, 9999])).toBe('the user');
    expect(tokenizer.pieces([...tokens, 9999])).toEqual(['t', 'he', ' ', 'user', '</s>', '']);
  });

  it('encodes answers as it encodes texts, the second time too', async () => {
    const tokenizer = await loadTokenizer(tiny);
    for (const text of ['1200', '0.5', '1200', '-3.50', 'naïve café']) {
      expect(tokenizer.encodeAnswer(text)).toEqual(tokenizer.encode(text));
    }
  });

  it('takes the fast way for numbers only where it leads to the same tokens', async () => {
    const definition = JSON.parse(readFileSync(`${folder}tokenizer.json`, 'utf8'));
    const { model } = definition;
    model.merges = model.merges.filter((merge: string[]) => !/\d/.test(merge.join('')));
    for (const piece of ['12', '00', '123']) delete model.vocab[piece];
    const single = await loadTokenizer(changed({ 'tokenizer.json': definition }));
    const merging = await loadTokenizer(tiny);
    const number = fc.tuple(fc.integer({ min: -9e5, max: 9e5 }), fc.integer({ min: 0, max: 5 }));
    fc.assert(
      fc.property(number, ([count, decimals]) => {
        const text = (count / 100).toFixed(decimals);
        expect(single.encodeAnswer(text)).toEqual(single.encode(text));
        expect(merging.encodeAnswer(text)).toEqual(merging.encode(text));
        expect(single.encode(text)).toHaveLength(text.length);
      }),
    );
    for (const text of ['--', '...', '1.', '.5', '1..5', ' 1', '1e5', '٣']) {
      expect(single.encodeAnswer(text)).toEqual(single.encode(text));
    }
  });

  it('adds no end of sequence to a bare prompt', async () => {
    const definition = JSON.parse(readFileSync(`${folder}tokenizer.json`, 'utf8'));
    definition.post_processor.single.push({ SpecialToken: { id: '</s>', type_id: 0 } });
    definition.post_processor.special_tokens['</s>'] = { id: '</s>', ids: [1], tokens: ['</s>'] };
    const config = { eos_token: '</s>' };
    const files = changed({ 'tokenizer.json': definition, 'tokenizer_config.json': config });
    const tokenizer = await loadTokenizer(files);
    expect(tokenizer.promptTokens('12')).toEqual([0, ...tokenizer.encode('12')]);
    expect(tokenizer.promptTokens('12</s>').at(-1)).toBe(1);
  });

  const bad: [string, Record<string, unknown>, RegExp][] = [
    ['no tokenizer.json', { 'tokenizer.json': undefined }, /tokenizer.json is missing/],
    ['damaged JSON', { 'tokenizer.json': '{"a' }, /tokenizer.json: not valid JSON/],
    ['not a tokenizer', { 'tokenizer.json': {} }, /tokenizer.json cannot be used/],
    ['a number', { 'tokenizer.json': 3 }, /tokenizer.json: must be a JSON object/],
    ['an absurd id', { 'tokenizer.json': { model: { vocab: { a: 4e9 } } } }, /"a" is 4000000000/],
    ['a fraction for an id', { 'tokenizer.json': { model: { vocab: { a: 0.5 } } } }, /"a" is 0.5/],
    [
      'a list for an id',
      { 'tokenizer.json': { model: {}, added_tokens: [{ content: 'b', id: [1] }] } },
      /"b" is \[1\]/,
    ],
    [
      'an empty added token',
      { 'tokenizer.json': { added_tokens: [{ content: '', id: 1 }] } },
      /added token 1 has the text ""/,
    ],
    ['config of the wrong type', { 'tokenizer_config.json': [] }, /tokenizer_config.json/],
    [
      'unknown end',
      { 'tokenizer_config.json': { eos_token: '<eos>' } },
      /eos_token "<eos>" is not/,
    ],
    ['end as number', { 'tokenizer_config.json': { eos_token: 2 } }, /eos_token must be the text/],
    [
      'end out of range',
      { 'generation_config.json': { eos_token_id: 999 } },
      /token 999 is not in/,
    ],
    [
      'no end',
      { 'tokenizer_config.json': undefined, 'generation_config.json': undefined },
      /No end-of-sequence token: none of tokenizer_config.json \(eos_token\), generation_config/,
    ],
  ];

  it.each(bad)('is refused: %s', async (_, changes, message) => {
    const attempt = loadTokenizer(changed(changes));
    await expect(attempt).rejects.toThrow(InputError);
    await expect(attempt).rejects.toThrow(message);
  });

  it('names a text it has no tokens for', async () => {
    const definition = JSON.parse(readFileSync(`${folder}tokenizer.json`, 'utf8'));
    definition.pre_tokenizer = null; // then the model sees \u4e16 instead of its bytes, and drops it
    const dropping = await loadTokenizer(changed({ 'tokenizer.json': definition }));
    expect(dropping.encodeAnswer('12')).toEqual([259]);
    expect(() => dropping.encodeAnswer('1\u4e16')).toThrow(/cannot express "1\u4e16"/);
    expect(() => dropping.encodeAnswer('1</s>')).toThrow(/cannot express "1<\/s>"/);
    definition.model.unk_token = '<none>';
    const undefinedUnknown = await loadTokenizer(changed({ 'tokenizer.json': definition }));
    expect(() => undefinedUnknown.encode('1\u4e16')).toThrow(/cannot express "1\u4e16"/);
  });
});

const real =
  process.env['LAB_REAL_DIR'] ?? new URL('../../../../../shared/real', import.meta.url).pathname;

describe.skipIf(!existsSync(real))('published tokenizers (skipped without their files)', () => {
  it.each(['tok-qwen3', 'tok-gpt2', 'stories260k-hf'])(
    '%s agrees with transformers',
    async (name) => {
      const files = await nodeFolder(`${real}/${name}`);
      const named: ModelFiles = async (file) =>
        (await files(file)) ??
        (file === 'generation_config.json'
          ? new TextEncoder().encode('{"eos_token_id":0}')
          : undefined);
      await agrees(named, golden[name]!);
    },
  );
});

describe('a folder in memory', () => {
  it('gives what it holds', async () => {
    const bytes = Uint8Array.of(1);
    const files = memoryFolder(new Map([['a', bytes]]));
    expect(await files('a')).toBe(bytes);
    expect(await files('b')).toBeUndefined();
  });
});
