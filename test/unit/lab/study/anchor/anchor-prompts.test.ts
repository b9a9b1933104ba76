// The lab's own anchor prompts ask nothing that the lab measures.
import { expect, test } from 'vitest';
import { evaluateArithmetic } from '../../../../../src/evaluation/arithmetic.ts';
import { CHOICE_QUESTIONS } from '../../../../../src/evaluation/retention/choice-questions.ts';
import { NOVELTY_PROMPTS } from '../../../../../src/evaluation/novelty/novelty-prompts.ts';
import { OPEN_PROMPTS } from '../../../../../src/evaluation/open/open-prompts.ts';
import { UNRELATED_PROMPTS } from '../../../../../src/evaluation/drift/unrelated-prompts.ts';
import { anchorPrompts, anchorSums } from '../../../../../src/lab/study/anchor/anchor-prompts.ts';

test('are many, of several kinds, and all different', () => {
  const prompts = anchorPrompts(11);
  expect(new Set(prompts.map(({ kind }) => kind)).size).toBeGreaterThan(5);
  expect(prompts.length).toBeGreaterThan(150);
  expect(new Set(prompts.map(({ text }) => text)).size).toBe(prompts.length);
  expect(anchorPrompts(11)).toEqual(prompts);
  expect(anchorPrompts(12)).not.toEqual(prompts);
});

test.each([11, 12, 13])('are none of the evaluated prompts of seed %i', async (seed) => {
  const asked: string[] = [];
  const greedy = (prompts: readonly string[]) => {
    asked.push(...prompts);
    return Promise.resolve(prompts.map(() => ''));
  };
  await evaluateArithmetic({ greedy }, { seed, problems: 1000, instructed: false });
  const evaluated = new Set([
    ...asked,
    ...[...OPEN_PROMPTS, ...NOVELTY_PROMPTS, ...UNRELATED_PROMPTS].map(({ prompt }) => prompt),
    ...CHOICE_QUESTIONS.map(({ question }) => question),
  ]);
  expect(asked).toHaveLength(100 + 2 * 1000);
  expect(anchorPrompts(seed).filter(({ text }) => evaluated.has(text))).toEqual([]);
});

test('sums are sums, some of numbers of unequal lengths', () => {
  const operands = anchorSums(11).map(
    ({ text }) =>
      /^What is (\d+) \+ (\d+)\?$/
        .exec(text)!
        .slice(1)
        .map((n) => n.length) as number[],
  );
  const count = (left: number, right: number) =>
    operands.filter(([a, b]) => a === left && b === right).length;
  expect([count(2, 2), count(3, 3), count(1, 2), count(2, 1), count(1, 1)]).toEqual([
    96, 32, 48, 48, 0,
  ]);
});

test('ask for nothing at random, nor for multiple-choice questions', () => {
  const texts = anchorPrompts(11).map(({ text }) => text);
  expect(texts.filter((text) => /random|multiple-choice/i.test(text))).toEqual([]);
});
