// One description per idea: outside its own file, an evaluation or a method is named in its list and nowhere else.
import { expect, test } from 'vitest';
import { mentions } from '../../../scripts/mentions.mjs';
import { EVALUATIONS } from '../../../src/evaluation/index.ts';
import { METHODS } from '../../../src/methods/index.ts';

const found = mentions();

test('every evaluation and every method is looked for', () => {
  const keys = [...EVALUATIONS, ...METHODS].map(({ key }) => key);
  expect(found.map(({ key }) => key).sort()).toEqual(keys.sort());
});

test.each(found)('$key is named on two lines: its import and its place in the list', (entry) => {
  const [imported, listed, ...others] = entry.lines;
  expect(others).toEqual([]);
  expect(imported).toMatch(/index\.ts:\d+: import /);
  expect(listed).toMatch(/index\.ts:\d+: /);
});
