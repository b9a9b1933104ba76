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
    'blue, 40 %\nred, 60%',
    [
      ['blue', 40],
      ['red', 60],
    ],
  ],
] as const)('%j', (lines, expected) => {
  expect(readChoices(lines).map(({ value, weight }) => [value, weight])).toEqual(expected);
});

test.each(['', 'one', 'a, x\nb', 'a, -1\nb', ', 3\nb, 1', 'a, Infinity\nb', 'x\n'.repeat(201)])(
  '%j is refused',
  (lines) => expect(() => readChoices(lines)).toThrow(InputError),
);
