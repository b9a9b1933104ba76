// The prose of docs/results.md against the comparisons that its figures are read from.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { byKind, linesOf } from '../../../scripts/comparison-figures.mjs';
import { PROSE, rendered, renderedProse } from '../../../scripts/results-prose.mjs';

const CSV = `column,method,seeds,part,group,figure,value,low,high,difference,difference_low,difference_high
base,none,11,exact,train,tv,0.956,,,,,
soft,soft,11,exact,train,tv,0.1234,0.1,0.2,-0.8326,-0.9,-0.8
`;
const written = (template: string) => rendered(template, () => linesOf(CSV));

test('every figure of the prose is the one that was computed', async () => {
  expect(readFileSync(PROSE, 'utf8')).toBe(await renderedProse());
});

test.for([
  ['{{a/exact/train/tv}}', '0.96, 0.12'],
  ['{{a/exact/train/tv .1}}', '1.0, 0.1'],
  ['{{a/exact/train/tv/soft .3 ±}}', '0.123 [0.100, 0.200]'],
  ['{{a/exact/train/tv/base ±}}', '0.96'],
  ['{{a/exact/train/tv/soft %}}', '12 %'],
  ['{{a/exact/train/tv/soft −base ±}}', '−0.83 [−0.90, −0.80]'],
  ['{{a/exact/train/tv/base −base}}', '–'],
])('%s stands for %s', ([template, text]) => {
  expect(written(template!)).toBe(text);
});

test('a model that gives no valid answer has no W1, and was asked for a number all the same', () => {
  const line = { column: 'base', split: 'train', tv: '1', valid_mass: '0', wasserstein_1: '' };
  const figures = byKind([
    { ...line, family: 'beta', kl: '30' },
    { ...line, family: 'die', kl: '5' },
  ]);
  expect(
    figures.flatMap(({ group, figure, value }) => (figure === 'kl' ? [[group, value]] : [])),
  ).toEqual([
    ['train numbers', '30'],
    ['train words', '5'],
  ]);
});

test('refuses figures that nobody computed', () => {
  expect(() => written('total variation 0.12')).toThrow('0.12 is written by hand');
  expect(() => written('{{a/exact/train/kl}}')).toThrow('there is no figure {{a/exact/train/kl}}');
});
