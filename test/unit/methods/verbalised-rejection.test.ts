import { expect, test } from 'vitest';
import {
  judgementPrompt,
  MOST_PROPOSALS,
  verbalisedRejectionPrompting,
} from '../../../src/methods/verbalised-rejection/prompting.ts';
import type { EvaluatedModel } from '../../../src/evaluation/evaluated-model.ts';
import { scriptedModel } from '../evaluation/scripted-model.ts';

/** Accepts each proposal with the probability that it is given; remembers what it was asked. */
function judging(accepts: Record<string, number>, own: Record<string, number> = { '': 1 }) {
  const asked: string[] = [];
  const logProbability: EvaluatedModel['logProbability'] = (prompt, verdicts) => {
    asked.push(prompt);
    const proposal = /^The proposed answer is: (.*)$/m.exec(prompt)![1]!;
    const yes = accepts[proposal]!;
    // What the model says besides Yes and No does not count.
    const share = verdicts.map((verdict) => 0.3 * (verdict === 'Yes' ? yes : 1 - yes));
    return Promise.resolve(share.map((p) => ({ logProbability: Math.log(p), tokens: 1 })));
  };
  return { asked, model: { ...scriptedModel({ answers: () => own }), logProbability } };
}

const n = 20_000;
const options = { seed: 5, maxTokens: 8 };

test('accepted answers are as frequent as they are accepted, where all are proposed evenly', async () => {
  const { model, asked } = judging({ red: 0.6, green: 0.3, blue: 0 });
  const rejection = verbalisedRejectionPrompting(model, () => ['red', 'green', 'blue']);
  const answers = await rejection.sample('A colour.', n, options);
  expect([...answers.keys()].sort()).toEqual(['green', 'red']);
  expect(Math.abs(answers.get('red')! / n - 2 / 3)).toBeLessThan(0.017);
  expect(answers.get('red')! + answers.get('green')!).toBe(n);
  // Every proposal is judged once, however often it is proposed.
  const once = ['red', 'green', 'blue'].map((it) => judgementPrompt('A colour.', it, true));
  expect(asked.sort()).toEqual(once.sort());
  expect(await rejection.sample('A colour.', n, options)).toEqual(answers);
});

test('where any text is an answer the model proposes its own', async () => {
  const { model } = judging({ kiwi: 0.25, apple: 0.75 }, { kiwi: 0.6, apple: 0.4 });
  const rejection = verbalisedRejectionPrompting(model, () => undefined);
  const answers = await rejection.sample('A fruit.', n, options);
  // 0.6 * 0.25 against 0.4 * 0.75.
  expect(Math.abs(answers.get('kiwi')! / n - 1 / 3)).toBeLessThan(0.017);
});

test('a model that accepts nothing comes to an end, without an answer', async () => {
  const { model } = judging({ 1: 0 });
  const rejection = verbalisedRejectionPrompting(model, () => ['1']);
  expect(MOST_PROPOSALS).toBe(100);
  expect(await rejection.sample('A number.', 7, options)).toEqual(new Map([['', 7]]));
});
