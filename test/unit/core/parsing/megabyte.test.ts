// Texts of a megabyte through everything that reads outputs: none takes quadratic time.
import { expect, test } from 'vitest';
import { parseQuestion } from '../../../../src/core/parsing/multiple-choice.ts';
import { parseNumberOutput } from '../../../../src/core/parsing/number.ts';
import { normalizeOpenAnswer } from '../../../../src/core/parsing/open-answer.ts';
import { strip } from '../../../../src/core/parsing/python-text.ts';
import { answerOf } from '../../../../src/core/parsing/same-answer.ts';
import { stripThinkingTrace } from '../../../../src/core/parsing/thinking.ts';

const MEGABYTE = 2 ** 20;

test.each([
  ...[' ', '0', '.', '\n', '\r\n', '\u2028', '\u{1d7ce}', '"', '[', '<'],
  ...['<think>', '</think>', '<think></think>', 'e\u0301', 'A. x\n', '1,'],
])('T8: a megabyte of %j is read in linear time', { timeout: 60_000 }, (part) => {
  const run = part.repeat(MEGABYTE / part.length);
  for (const text of [run, `x${run}x`]) {
    for (const read of [answerOf, normalizeOpenAnswer, parseNumberOutput, parseQuestion]) {
      expect(() => read(text)).not.toThrow();
    }
  }
});

test('T8: what is between a megabyte of spaces or zeros is still read', () => {
  const spaces = ' '.repeat(MEGABYTE);
  expect(strip(`${spaces}a${spaces}b${spaces}`)).toBe(`a${spaces}b`);
  expect(parseNumberOutput(`${spaces}7`)).toMatchObject({ valid: true, value: 7 });
  expect(parseNumberOutput(`1${'0'.repeat(MEGABYTE)}`)).toMatchObject({ value: Infinity });
});

test('thinking traces are cut as the reference cuts them: a block ends at the first closing tag', () => {
  // Python: re.sub(r'<think>.*?</think>', '', t, flags=re.I | re.S), then re.sub(r'<think>.*$', ...).
  expect(stripThinkingTrace('a<think>b<think>c</THINK>d</think>e')).toBe('ad</think>e');
  expect(stripThinkingTrace('a</think>b<think>c')).toBe('a</think>b');
  expect(stripThinkingTrace('<think>1</think>2<think>3</think>4<think>5')).toBe('24');
  expect(stripThinkingTrace('<thi<think>x</think>nk>y')).toBe('');
});
