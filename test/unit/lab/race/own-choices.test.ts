// Choices as people type and paste them.
import { expect, test } from 'vitest';
import { InputError } from '../../../../src/core/errors.ts';
import { readChoices } from '../../../../src/lab/race/own-choices.ts';

test.each([
  [
    'blue, 4\nred, 3',
    [
      ['blue', 4],
      ['red', 3],
    ],
  ],
  [
    'blue\t4\r\nred\t3\r\n',
    [
      ['blue', 4],
      ['red', 3],
    ],
  ],
  [
    'blue;4\nred;3',
    [
      ['blue', 4],
      ['red', 3],
    ],
  ],
  [
    'blue\n\nred',
    [
      ['blue', 1],
      ['red', 1],
    ],
  ],
  [
    '"salt, pepper", 2\n"tea"',
    [
      ['salt, pepper', 2],
      ['tea', 1],
    ],
  ],
  [
    'blue; 4\nred, 3\n"green"; 2',
    [
      ['blue', 4],
      ['red', 3],
      ['green', 2],
    ],
  ],
  [
    'apple;3,5\npear',
    [
      ['apple', 3.5],
      ['pear', 1],
    ],
  ],
  [
    'salt, pepper\t0,125\nblue; dark\t2',
    [
      ['salt, pepper', 0.125],
      ['blue; dark', 2],
    ],
  ],
  [
    'blue; dark, 4\nred, 3',
    [
      ['blue; dark', 4],
      ['red', 3],
    ],
  ],
  [
    '"say ""hi""",2\n"salt, pepper",1',
    [
      ['say "hi"', 2],
      ['salt, pepper', 1],
    ],
  ],
  [
    'blue, 40 %\nred, 60%',
    [
      ['blue', 40],
      ['red', 60],
    ],
  ],
] as const)('%j', (lines, expected) => {
  expect(readChoices(lines).map(({ value, weight }) => [value, weight])).toEqual(expected);
});

test.each([
  '',
  'one',
  'a, x\nb',
  'a\t1,000\nb\t2',
  '"a" b, 1\nc, 2',
  'answer,weight\na,1\nb,2',
  'a, -1\nb',
  ', 3\nb, 1',
  'a, Infinity\nb',
  'x\n'.repeat(201),
])('%j is refused', (lines) => expect(() => readChoices(lines)).toThrow(InputError));

test('the line that is wrong is counted as it is seen, blank ones among them', () => {
  expect(() => readChoices('a, 1\n\n\nb, x')).toThrow(
    'line 4 of the choices, "b, x", is no answer',
  );
});
