import { describe, expect, test } from 'vitest';
import { answerOf, canonicalAnswer } from '../../../../src/core/parsing/same-answer.ts';
import { choiceReport } from '../../../../src/core/scoring/choice-report.ts';
import { choiceSpace } from '../../../../src/core/targets/choices.ts';

const choices = (...values: string[]) => values.map((value) => ({ value, weight: 1 }));
const NFD = 'cafe\u0301';
const NFC = 'caf\u00e9';

describe('E3: one notion of the same answer', () => {
  test('Unicode forms and white space at the ends make no difference, thinking traces are no answer', () => {
    expect(canonicalAnswer(` ${NFD}\n`)).toBe(NFC);
    expect(answerOf(`<think>${NFC} or the</think>\n${NFD} `)).toBe(NFC);
    expect(canonicalAnswer('New  York')).toBe('New  York');
  });

  test('the answers of a trie are the texts that outputs are counted by', () => {
    const space = choiceSpace(choices(NFD, ' the '));
    expect(space.values).toEqual([NFC, 'the']);
    for (const output of [NFC, NFD, `${NFD}\n`]) {
      expect(choiceReport(space, [output, 'the'])).toMatchObject({
        validRate: 1,
        totalVariation: 0,
      });
    }
  });

  test.each([
    ['white space', 'heads', 'heads ', /"heads "\) is the same answer as choice 1 \("heads"\)/],
    ['a Unicode form', NFC, NFD, /same answer as choice 1/],
    ['nothing', 'heads', 'heads', /choice 2 repeats "heads"/],
  ])('choices that differ by %s are refused by name', (_, first, second, message) => {
    expect(() => choiceSpace(choices('tails', first, second).slice(1))).toThrow(
      expect.objectContaining({ name: 'InputError', field: 'choices.1.value' }),
    );
    expect(() => choiceSpace(choices(first, second))).toThrow(message);
  });

  test.each(['\u2003', '<think>a</think>b', '\ud800', '\u0085'])(
    'a choice that can never be read from an output is refused: %j',
    (value) => {
      expect(() => choiceSpace(choices('a', value))).toThrow(
        expect.objectContaining({ name: 'InputError', field: 'choices.1.value' }),
      );
    },
  );
});
