// Files that users drop: what is read from them, and what is said about those that cannot be read.
import { gzipSync } from 'node:zlib';
import fc from '../../support/fast-check.ts';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/core/errors.ts';
import { parseDocuments } from '../../../src/evaluation/perplexity/documents.ts';
import { parsePrompts } from '../../../src/evaluation/prompts.ts';
import { MOST_RECORDS } from '../../../src/evaluation/records.ts';
import { readTextFile } from '../../../src/evaluation/text-file.ts';
import { parseQuestions } from '../../../src/evaluation/retention/tiny-benchmarks.ts';

const lines = (...records: unknown[]) => records.map((record) => JSON.stringify(record)).join('\n');

function failure(run: () => unknown): InputError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return error as InputError;
  }
  return expect.fail('nothing was thrown');
}

describe('prompts', () => {
  test('from a JSON list of texts or objects, or from JSON Lines', () => {
    expect(
      parsePrompts('["Pick a fruit.", {"prompt": "Pick a tree.", "id": 7}]', 'a.json'),
    ).toEqual([
      { id: '1', prompt: 'Pick a fruit.' },
      { id: '7', prompt: 'Pick a tree.' },
    ]);
    const novelty = lines({ id: 'curated-0', prompt: 'Tell me a story', extra: [1] });
    expect(parsePrompts(`\n${novelty}\r\n\n"Another"\n`, 'curated.JSONL')).toEqual([
      { id: 'curated-0', prompt: 'Tell me a story' },
      { id: '4', prompt: 'Another' },
    ]);
  });

  test.each([
    ['{"a": 1}', 'p.json', 'p.json: must be a list; found {"a":1}', undefined],
    ['[]', 'p.json', 'p.json: there are no records', undefined],
    ['["a", 5]', 'p.json', /^p.json, entry 2: .*an object with a prompt.*found 5$/, '2'],
    [
      '["a", {"prompt": " "}]',
      'p.json',
      'p.json, entry 2: prompt must be some text; found " "',
      '2.prompt',
    ],
    ['[{"id": 1}]', 'p.json', 'p.json, entry 1: prompt is missing', '1.prompt'],
    ['"a"\n{"prompt"', 'p.jsonl', /^p.jsonl, line 2: not valid JSON/, '2'],
    [
      '[{"prompt":"a","id":{}}]',
      'p.json',
      /entry 1: id must be a text or a number; found {}/,
      '1.id',
    ],
    ['[{"prompt":"a","id":2},"b"]', 'p.json', 'p.json, entry 2: id repeats "2"', '2.id'],
    ['\n \n', 'p.jsonl', 'p.jsonl: there are no records', undefined],
  ])('%j is refused', (content, source, message, field) => {
    const error = failure(() => parsePrompts(content, source));
    expect(error.message).toMatch(message);
    expect(error.field).toBe(field);
  });

  test('too many or too long ones are refused', () => {
    const many = '"a"\n'.repeat(MOST_RECORDS + 1);
    expect(failure(() => parsePrompts(many, 'p.jsonl')).message).toContain('more than 100000');
    const list = `[${'1,'.repeat(MOST_RECORDS)}1]`;
    expect(failure(() => parsePrompts(list, 'p.json')).message).toContain('more than 100000');
    const long = JSON.stringify(['x'.repeat(1_000_001)]);
    const error = failure(() => parsePrompts(long, 'p.json'));
    expect(error.message).toContain('at most 1000000 characters');
    expect(error.message.length).toBeLessThan(300);
  });
});

describe('E6: ids that repeat', () => {
  const twice = (record: object) => lines({ ...record, id: '=1' }, { ...record, id: '=1' });
  test.each([
    ['prompts', parsePrompts, twice({ prompt: 'a' })],
    ['questions', parseQuestions, twice({ question: 'q', choices: ['a', 'b'], answer: 0 })],
    ['endings', parseQuestions, twice({ ctx: 'He', endings: ['runs.', 'rains.'], label: 0 })],
    ['texts', parseDocuments, twice({ text: 'a' })],
  ])('of %s are refused by line', (_, parse, content) => {
    const error = failure(() => parse(content, 'f.jsonl'));
    expect(error.message).toBe('f.jsonl, line 2: id repeats "=1"');
    expect(error.field).toBe('2.id');
  });
});

describe('questions', () => {
  test('in the shapes of tinyBenchmarks', () => {
    const content = lines(
      { question: 'q', subject: 's', choices: ['a', 'b', 'c'], answer: 2, input_formatted: '…' },
      {
        id: 'arc',
        question: 'q',
        choices: { text: ['a', 'b'], label: ['1', '2'] },
        answerKey: '2',
      },
      { ind: 1, ctx: 'He', endings: ['runs.', 'rains.'], label: '0', split: 'val' },
      {
        sentence: 'The cup did not fit the box since the _ was big.',
        option1: 'cup',
        option2: 'box',
        answer: '1',
      },
      { question: 'q?', mc1_targets: { choices: ['no', 'yes', 'so'], labels: [0, 1, 0] } },
    );
    expect(parseQuestions(content, 'q.jsonl')).toEqual([
      { kind: 'multiple_choice', id: '1', question: 'q', options: ['a', 'b', 'c'], answer: 2 },
      { kind: 'multiple_choice', id: 'arc', question: 'q', options: ['a', 'b'], answer: 1 },
      {
        kind: 'cloze',
        id: '3',
        endings: [
          { context: 'He', continuation: 'runs.' },
          { context: 'He', continuation: 'rains.' },
        ],
        answer: 0,
      },
      {
        kind: 'cloze',
        id: '4',
        endings: [
          { context: 'The cup did not fit the box since the cup', continuation: 'was big.' },
          { context: 'The cup did not fit the box since the box', continuation: 'was big.' },
        ],
        answer: 0,
      },
      {
        kind: 'cloze',
        id: '5',
        endings: ['no', 'yes', 'so'].map((continuation) => ({ context: 'q?', continuation })),
        answer: 1,
      },
    ]);
  });

  const mmlu = { question: 'q', choices: ['a', 'b'], answer: 0 };
  test.each([
    [{ ...mmlu, answer: 2 }, 'answer must be the index of one of 2 options; found 2', 'answer'],
    [{ ...mmlu, answer: -1 }, 'answer must be an index from 0; found -1', 'answer'],
    [{ ...mmlu, answer: 'A' }, 'answer must be an index; found "A"', 'answer'],
    [{ ...mmlu, choices: ['a'] }, 'choices must be a list of at least 2 texts', 'choices'],
    [{ ...mmlu, choices: ['a', ''] }, 'choices.1 must be some text; found ""', 'choices.1'],
    [{ ...mmlu, choices: Array(27).fill('a') }, 'choices must be a list of at most 26', 'choices'],
    [{ choices: ['a', 'b'], answer: 0 }, 'question is missing', 'question'],
    [
      { question: 'q', choices: { text: ['a', 'b'], label: ['A', 'B'] }, answerKey: 'C' },
      'answerKey must be one of choices.label; found "C"',
      'answerKey',
    ],
    [{ ctx: 'c', endings: ['a', 'b'], label: '' }, 'label must be an index; found ""', 'label'],
    [
      { sentence: 'No gap.', option1: 'a', option2: 'b', answer: '1' },
      'sentence must be a text with a gap written _',
      'sentence',
    ],
    [
      { sentence: 'It is the _', option1: 'a', option2: 'b', answer: '1' },
      'sentence must be a text that goes on after _',
      'sentence',
    ],
    [
      { sentence: 'The _ fell.', option1: 'a', option2: 'b', answer: '3' },
      'answer must be 1 or 2',
      'answer',
    ],
    [
      { question: 'q', choices: 'a', answerKey: 'A' },
      'choices must be an object with text and label; found "a"',
      'choices',
    ],
    [
      { question: 'q', mc1_targets: { choices: ['a', 'b'], labels: [2, 0] } },
      'mc1_targets.labels.0 must be 0 or 1; found 2',
      'mc1_targets.labels.0',
    ],
    [
      { question: 'q', mc1_targets: { choices: ['a', 'b'], labels: [0, 0] } },
      'mc1_targets.labels must be a list with a 1',
      'mc1_targets.labels',
    ],
  ])('%j is refused', (record, message, field) => {
    const error = failure(() => parseQuestions(`\n${lines(record)}`, 'q.jsonl'));
    expect(error.message).toContain(`q.jsonl, line 2: ${message}`);
    expect(error.field).toBe(`2.${field}`);
  });

  test('unknown shapes are refused by line', () => {
    const error = failure(() =>
      parseQuestions(lines(mmlu, { question: 'q', answer: '#### 4' }), 'q'),
    );
    expect(error.message).toMatch(/^q, line 2: is no known kind of question/);
    expect(error.field).toBe('2');
  });

  test('any text is read or refused with an InputError', () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          question: fc.jsonValue(),
          choices: fc.oneof(fc.array(fc.string()), fc.jsonValue()),
          answer: fc.jsonValue(),
          answerKey: fc.jsonValue(),
          endings: fc.oneof(fc.array(fc.string()), fc.jsonValue()),
          ctx: fc.string(),
          label: fc.oneof(fc.integer(), fc.jsonValue()),
          sentence: fc.string(),
          option1: fc.string(),
          mc1_targets: fc.jsonValue(),
        },
        { requiredKeys: [] },
      ),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(value).map((all) => lines(...all)),
        ),
        (content) => {
          for (const parse of [parseQuestions, parsePrompts, parseDocuments]) {
            for (const source of ['a.jsonl', 'a.json']) {
              try {
                expect(parse(content, source).length).toBeGreaterThan(0);
              } catch (error) {
                if (!(error instanceof InputError)) throw error;
              }
            }
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('texts', () => {
  test('a text file is one document, JSON Lines are one each', () => {
    expect(parseDocuments('One.\nTwo.', 'a.txt')).toEqual([{ id: 'a.txt', text: 'One.\nTwo.' }]);
    const content = lines({ text: 'One.', meta: 1 }, { id: 'x', text: 'Two.' });
    expect(parseDocuments(content, 'a.jsonl.gz')).toEqual([
      { id: '1', text: 'One.' },
      { id: 'x', text: 'Two.' },
    ]);
    expect(failure(() => parseDocuments(' \n', 'a.txt')).message).toBe('a.txt: there is no text');
    const error = failure(() => parseDocuments(lines({ text: 'a' }, { txt: 'b' }), 'a.jsonl'));
    expect([error.message, error.field]).toEqual(['a.jsonl, line 2: text is missing', '2.text']);
  });

  const encode = (text: string) => new TextEncoder().encode(text);

  test('bytes become text, gzipped or not, without a byte order mark', async () => {
    const text = 'Grüße, 東京\n'.repeat(20_000);
    expect(await readTextFile(encode(`\ufeff${text}`), 'a.txt')).toBe(text);
    expect(await readTextFile(gzipSync(encode(text)), 'a.txt.gz')).toBe(text);
    expect(await readTextFile(new Uint8Array(0), 'a.txt')).toBe('');
  });

  test('a small file may not unfold beyond the limit', async () => {
    const bomb = gzipSync(new Uint8Array(40 * 2 ** 20));
    expect(bomb.length).toBeLessThan(50_000);
    const limit = 2 ** 20;
    const refused = { name: 'InputError', message: 'a.gz: holds more than 1 MiB of text' };
    await expect(readTextFile(bomb, 'a.gz', limit)).rejects.toMatchObject(refused);
    const plain = readTextFile(new Uint8Array(limit + 1), 'a.gz', limit);
    await expect(plain).rejects.toMatchObject(refused);
  });

  test('damaged archives and other encodings are refused', async () => {
    const packed = gzipSync(encode('some text that is long enough to be cut'));
    for (const damaged of [packed.subarray(0, -10), packed.subarray(0, 5)]) {
      await expect(readTextFile(damaged, 'a.gz')).rejects.toMatchObject({
        name: 'InputError',
        message: expect.stringMatching(/^a\.gz: cannot be unpacked/) as string,
      });
    }
    await expect(readTextFile(Uint8Array.of(0xff, 0xfe, 0x41), 'a.txt')).rejects.toMatchObject({
      name: 'InputError',
      message: 'a.txt: is UTF-16 text, not UTF-8',
    });
  });
});
