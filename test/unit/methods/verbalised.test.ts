import { describe, expect, test } from 'vitest';
import {
  listedAnswers,
  verbalisedPrompting,
  verbalisedPrompt,
} from '../../../src/methods/verbalised/prompting.ts';
import { scriptedModel } from '../evaluation/scripted-model.ts';

describe('a list of answers', () => {
  test.each([
    ['0.25 | 0.5\n0.75 | 0.1', { '0.25': 0.5, '0.75': 0.1 }],
    ['1. heads | 60%\n2) tails | 40 %', { heads: 0.6, tails: 0.4 }],
    ['- a|b | .5', { 'a|b': 0.5 }],
    ['3 | 1e-3\n4 | 0\n5 | -1\n6 | NaN\n7 | Infinity\n8 |', { 3: 0.001 }],
    ['<think>x | 1</think>y | 1', { y: 1 }],
    ['Sure! Here you are:\nprobability', {}],
    ['', {}],
  ])('of %j', (output, expected) => {
    const listed = listedAnswers(output).map(({ answer, weight }) => [answer, weight]);
    expect(Object.fromEntries(listed)).toEqual(expected);
  });

  test('is read in time that grows with its length', () => {
    expect(listedAnswers(`${' '.repeat(1e6)}|${' '.repeat(1e6)}`)).toEqual([]);
    expect(listedAnswers('|'.repeat(1e6))).toEqual([]);
  });
});

test('answers are drawn from each list by the probabilities it states, whatever their sum', async () => {
  const lists = { 'a | 0.9\nb | 0.9': 0.5, 'a | 3e200\nc | 1e200': 0.4, 'no list': 0.1 };
  const model = scriptedModel({
    answers: (prompt) => (prompt === verbalisedPrompt('Toss.', 2) ? lists : { wrong: 1 }),
  });
  const n = 20_000;
  const answers = await verbalisedPrompting(model, 2).sample('Toss.', n, { seed: 3, maxTokens: 8 });
  const share = (answer: string) => (answers.get(answer) ?? 0) / n;
  expect([...answers.keys()].sort()).toEqual(['', 'a', 'b', 'c']);
  // 0.5 / 2 + 0.4 * 3 / 4, 0.5 / 2, 0.4 / 4, 0.1: five standard errors are below 0.018.
  expect(Math.abs(share('a') - 0.55)).toBeLessThan(0.018);
  expect(Math.abs(share('b') - 0.25)).toBeLessThan(0.018);
  expect(Math.abs(share('c') - 0.1)).toBeLessThan(0.018);
  expect(Math.abs(share('') - 0.1)).toBeLessThan(0.018);
  expect(await verbalisedPrompting(model, 2).sample('Toss.', n, { seed: 3, maxTokens: 8 })).toEqual(
    answers,
  );
});

test('the likeliest answer is that of the likeliest list', async () => {
  const model = scriptedModel({ answers: () => ({ 'a | 0.2\nb | 0.7\nc | 0.1': 0.9, x: 0.1 }) });
  expect(await verbalisedPrompting(model, 3).greedy(['Toss.'], 8)).toEqual(['b']);
  const silent = scriptedModel({ answers: () => ({ x: 1 }) });
  expect(await verbalisedPrompting(silent, 3).greedy(['Toss.'], 8)).toEqual(['']);
});
