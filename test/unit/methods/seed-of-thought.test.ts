import { describe, expect, test } from 'vitest';
import { createDistribution } from '../../../src/core/distributions/create.ts';
import { outputSpace } from '../../../src/core/targets/output-space.ts';
import {
  finalAnswer,
  seedOfThoughtPrompting,
  seedOfThoughtPrompt,
} from '../../../src/methods/seed-of-thought/prompting.ts';
import { evaluateStructuredSampling } from '../../../src/evaluation/samples.ts';
import { fiveErrors, scriptedModel } from '../evaluation/scripted-model.ts';

describe('the final answer', () => {
  test.each([
    ['Seed: k3j9\nsum 41, remainder 3\nAnswer: 0.42', '0.42'],
    ['Answer: 1\nNo, wait.\nAnswer: 2', '2'],
    ['**Answer:** heads', 'heads'],
    ['**Answer: heads**', 'heads'],
    ['Final answer: -3.5\n', '-3.5'],
    ['Answer:\n7', '7'],
    ['<think>Answer: 1</think>Answer: 2', '2'],
    ['Answer: 0.42\nI hope this helps.', '0.42\nI hope this helps.'],
    [
      'Answer:\nQuestion: q\nA. a\nCorrect Answer: A\nExplanation: e',
      'Question: q\nA. a\nCorrect Answer: A\nExplanation: e',
    ],
    ['The answer: 5', ''],
    ['0.42', ''],
    ['', ''],
  ])('of %j', (output, answer) => {
    expect(finalAnswer(output)).toBe(answer);
  });
});

test('the prompt is kept and followed by the steps', () => {
  const prompt = seedOfThoughtPrompt('Toss a coin.');
  expect(prompt.startsWith('Toss a coin.\n')).toBe(true);
  expect(prompt).toMatch(/"Seed:"[^]*"Answer:"/);
});

test('evaluations see final answers, whatever string led to them', async () => {
  const distribution = createDistribution('bernoulli', { p: 0.5 });
  const task = {
    id: 'coin',
    split: 'train',
    family: 'bernoulli',
    prompt: 'Toss a coin: 0 or 1.',
    distribution,
    space: outputSpace(distribution),
  };
  const model = scriptedModel({
    answers: (prompt) =>
      prompt === seedOfThoughtPrompt(task.prompt)
        ? {
            'Seed: a\nAnswer: 1': 0.3,
            'Seed: b\nodd\nAnswer: 1': 0.3,
            'Seed: c\nAnswer: 0': 0.3,
            'Seed: cut off': 0.1,
          }
        : { '1': 1 },
  });
  const asked = seedOfThoughtPrompting(model);
  const [row] = (await evaluateStructuredSampling(asked, [task], { seed: 11 })).rows;
  expect(Math.abs(row!.valid_rate! - 0.9)).toBeLessThan(fiveErrors(0.9, 1000));
  const valid = row!.valid_rate! * 1000;
  expect(Math.abs(row!.sample_mean! - 2 / 3)).toBeLessThan(fiveErrors(2 / 3, valid));
  expect(model.calls[0]).toMatchObject({ n: 1000, maxTokens: 32 + 512 });
  expect(await asked.greedy([task.prompt], 8)).toEqual(['1']);
  expect(model.calls.at(-1)).toMatchObject({ maxTokens: 8 + 512 });
});
