import { Tokenizer as Engine } from '@huggingface/tokenizers';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import fc from '../../../support/fast-check.ts';
import { describe, expect, it } from 'vitest';
import { createDistribution } from '../../../../src/core/distributions/create.ts';
import { buildTrie } from '../../../../src/core/targets/build-trie.ts';
import { outputSpace } from '../../../../src/core/targets/output-space.ts';
import { memoryFolder } from '../../../../src/model/files/model-files.ts';
import { numberCutting } from '../../../../src/model/tokenizer/number-cutting.ts';
import { numberEncoder } from '../../../../src/model/tokenizer/number-encoder.ts';
import { loadTokenizer } from '../../../../src/model/tokenizer/tokenizer.ts';
import { groupsOfThree, irregular, marked, singleDigits } from './tokenizer-kinds.ts';

const builtin = new URL('../../../../public/models/builtin/tokenizer.json', import.meta.url);
const kinds = {
  irregular,
  'single digits': singleDigits,
  'groups of three': groupsOfThree,
  'a marker in front': marked,
  'the built-in model’s': () => JSON.parse(readFileSync(builtin, 'utf8')) as object,
};

const number = fc
  .tuple(fc.boolean(), fc.nat(10 ** 9), fc.option(fc.stringMatching(/^\d{1,8}$/)))
  .map(
    ([minus, whole, fraction]) => `${minus ? '-' : ''}${whole}${fraction ? `.${fraction}` : ''}`,
  );

function folderOf(definition: object) {
  const json = (value: object) => new TextEncoder().encode(JSON.stringify(value));
  return memoryFolder(
    new Map([
      ['tokenizer.json', json(definition)],
      ['generation_config.json', json({ eos_token_id: 0 })],
    ]),
  );
}

describe.each(Object.entries(kinds))('numbers in a tokenizer: %s', (_, definitionOf) => {
  const definition = definitionOf();
  const engine = new Engine(definition, {});
  const encode = numberEncoder(engine, definition)!;

  it('have the tokens that the library gives them', () => {
    fc.assert(
      fc.property(number, (text) => {
        const { ids } = engine.encode(text, { add_special_tokens: false });
        expect(encode(text)).toEqual(ids);
        expect(encode(text)).toEqual(ids); // as remembered
      }),
      { numRuns: 400 },
    );
  });

  it('are the only texts that go the fast way', () => {
    for (const text of ['', '-', '--', '...', '1.', '.5', '1..5', ' 1', '1e5', '٣', 'a', '1-2']) {
      expect(encode(text)).toBeUndefined();
    }
  });
});

describe('the fast way', () => {
  const refused: [string, (definition: ReturnType<typeof irregular>) => void][] = [
    ['another model', ({ model }) => (model['type'] = 'WordPiece')],
    ['dropout', ({ model }) => (model['dropout'] = 0.1)],
    ['marked ends of words', ({ model }) => (model['end_of_word_suffix'] = '</w>')],
    ['a number as an added token', ({ added_tokens }) => (added_tokens[2]!.content = '12')],
    ['no minus sign', ({ model }) => delete model.vocab['-']],
    ['merges of another form', ({ model }) => (model.merges[0] = [1, 2])],
    [
      'digits that are rewritten',
      (definition) => {
        const pattern = { String: '7' };
        definition.normalizer = { type: 'Replace', pattern, content: '1' };
      },
    ],
    [
      'cuts that depend on the digits',
      (definition) => {
        const pattern = { Regex: '12|.' };
        const split = { type: 'Split', pattern, behavior: 'Isolated', invert: false };
        definition.pre_tokenizer = split;
      },
    ],
  ];

  it.each(refused)('is not taken with %s', (_, change) => {
    const engine = new Engine(irregular(), {});
    const definition = irregular();
    change(definition);
    const changed = /rewritten|cuts/.test(_) ? new Engine(definition, {}) : engine;
    const vocabulary = new Map(Object.entries(definition.model.vocab));
    const limited = Object.assign(changed, {
      token_to_id: (piece: string) => vocabulary.get(piece),
    });
    expect(numberEncoder(limited, definition)).toBeUndefined();
  });
});

describe('how numbers are cut', () => {
  it.each([
    ['digits', 1, singleDigits(), ['0', '.', '1', '2', '3', '4', '5']],
    ['groups', 3, groupsOfThree(), ['0', '.', '123', '45']],
    ['irregular', 3, irregular(), ['0', '.', '123', '4', '5']],
  ])('is told: %s', async (kind, size, definition, first) => {
    const cutting = numberCutting(await loadTokenizer(folderOf(definition)));
    expect(cutting).toMatchObject({ kind, size });
    expect(cutting.examples[0]).toEqual({ text: '0.12345', pieces: first });
    for (const { text, pieces } of cutting.examples) expect(pieces.join('')).toBe(text);
  });
});

interface Golden {
  readonly cases: Record<
    string,
    { family: string; params: Record<string, number>; decimals: number }
  >;
  readonly tries: Record<
    string,
    {
      ids_sha256: string;
      tokens: number;
      prefixes: number;
      edges: number;
      sum_squared: number;
      entropies: number;
    }
  >;
}

const golden = JSON.parse(
  readFileSync(new URL('../../../golden/tokenizer/tries.json', import.meta.url), 'utf8'),
) as Golden;
const real =
  process.env['LAB_REAL_DIR'] ?? new URL('../../../../../shared/real', import.meta.url).pathname;
const END = { 'tok-qwen3': 151645, 'tok-gpt2': 50256, 'stories260k-hf': 2 };

describe.skipIf(!existsSync(real))('published tokenizers (skipped without their files)', () => {
  it.each(Object.entries(END))('%s gives the tries of another construction', async (name, end) => {
    const definition = JSON.parse(readFileSync(`${real}/${name}/tokenizer.json`, 'utf8')) as object;
    const tokenizer = await loadTokenizer(folderOf(definition));
    const engine = new Engine(definition, {});
    expect(numberEncoder(engine, definition)).toBeDefined();
    for (const [key, { family, params, decimals }] of Object.entries(golden.cases)) {
      const expected = golden.tries[`${name} ${key}`]!;
      const space = outputSpace(createDistribution(family, params), { decimals, bins: 1001 });
      const ids = space.values.map((text) => [...tokenizer.encodeAnswer(text)]);
      const sha256 = createHash('sha256').update(JSON.stringify(ids)).digest('hex');
      expect(sha256, key).toBe(expected.ids_sha256);
      const trie = buildTrie(space, (text) => tokenizer.encodeAnswer(text), end);
      expect(trie.nodeCount, key).toBe(expected.prefixes);
      expect(trie.edgeProbability, key).toHaveLength(expected.edges);
      const squares = trie.edgeProbability.reduce((sum, p) => sum + p * p, 0);
      const entropies = trie.edgeProbability.reduce((sum, p) => sum - p * Math.log(p), 0);
      expect(Math.abs(squares / expected.sum_squared - 1), key).toBeLessThan(1e-12);
      expect(Math.abs(entropies / expected.entropies - 1), key).toBeLessThan(1e-11);
    }
  });

  it.each([
    ['tok-qwen3', 'digits', ['-', '3', '.', '5', '0']],
    ['tok-gpt2', 'irregular', ['-', '3', '.', '50']],
    ['stories260k-hf', 'digits', ['-', '3', '.', '5', '0']],
  ])('%s cuts numbers into %s', async (name, kind, second) => {
    const definition = JSON.parse(readFileSync(`${real}/${name}/tokenizer.json`, 'utf8')) as object;
    const cutting = numberCutting(await loadTokenizer(folderOf(definition)));
    expect(cutting.kind).toBe(kind);
    expect(cutting.examples[1]!.pieces.filter((piece) => piece.trim() !== '')).toEqual(second);
  });
});
