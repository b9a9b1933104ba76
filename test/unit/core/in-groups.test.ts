// Items a few at a time: all of them, once, in their order.
import { expect, test } from 'vitest';
import { inGroups } from '../../../src/core/in-groups.ts';

test.each([
  [[], 3, []],
  [[1, 2], 3, [[1, 2]]],
  [[1, 2, 3, 4, 5, 6, 7], 3, [[1, 2, 3], [4, 5, 6], [7]]],
  [
    [1, 2, 3, 4],
    2,
    [
      [1, 2],
      [3, 4],
    ],
  ],
])('%j by %i', (items, size, groups) => {
  expect(inGroups(items as number[], size)).toEqual(groups);
});
