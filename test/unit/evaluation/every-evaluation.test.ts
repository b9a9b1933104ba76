// What holds for every evaluation: cancel, progress, one result for one seed, plain data.
import { describe, expect, test } from 'vitest';
import { createDistribution } from '../../../src/core/distributions/create.ts';
import { outputSpace } from '../../../src/core/targets/output-space.ts';
import { evaluateAnswerPosition } from '../../../src/evaluation/mcq.ts';
import { evaluateArithmetic } from '../../../src/evaluation/arithmetic.ts';
import { CHOICE_QUESTIONS } from '../../../src/evaluation/retention/choice-questions.ts';
import { NOVELTY_PROMPTS } from '../../../src/evaluation/novelty/novelty-prompts.ts';
import { OPEN_PROMPTS } from '../../../src/evaluation/open/open-prompts.ts';
import { PASSAGE_DOCUMENTS } from '../../../src/evaluation/perplexity/passages.ts';
import { UNRELATED_PROMPTS } from '../../../src/evaluation/drift/unrelated-prompts.ts';
import type { EvaluatedModel } from '../../../src/evaluation/evaluated-model.ts';
import { evaluateDrift } from '../../../src/evaluation/drift.ts';
import { evaluateNovelty } from '../../../src/evaluation/novelty.ts';
import { evaluateOpenEnded } from '../../../src/evaluation/open.ts';
import { normalizedEquality } from '../../../src/evaluation/novelty/partitioners.ts';
import { evaluatePerplexity } from '../../../src/evaluation/perplexity.ts';
import { evaluateQuestions } from '../../../src/evaluation/retention/question-accuracy.ts';
import { evaluateRetention } from '../../../src/evaluation/retention.ts';
import type { RunOptions } from '../../../src/evaluation/run.ts';
import { evaluateStructuredSampling } from '../../../src/evaluation/samples.ts';
import { searchTemperature } from '../../../src/methods/temperature/search.ts';
import { scriptedModel } from './scripted-model.ts';

const distribution = createDistribution('poisson', { lambda: 2 });
const task = {
  id: 'poisson',
  split: 'train',
  family: 'poisson',
  prompt: 'poisson',
  distribution,
  space: outputSpace(distribution),
};
const questionSets = [{ name: 'own', questions: CHOICE_QUESTIONS }];

const EVALUATIONS: Record<string, (model: EvaluatedModel, run: RunOptions) => Promise<unknown>> = {
  'structured sampling': (model, run) => evaluateStructuredSampling(model, [task, task], run),
  'open-ended': (model, run) => evaluateOpenEnded(model, OPEN_PROMPTS.slice(0, 3), run),
  'answer position': (model, run) => evaluateAnswerPosition(model, ['tea', 'maps'], run),
  novelty: (model, run) =>
    evaluateNovelty(model, NOVELTY_PROMPTS.slice(0, 3), {
      ...run,
      partitioner: normalizedEquality,
    }),
  arithmetic: (model, run) => evaluateArithmetic(model, run),
  questions: (model, run) => evaluateQuestions(model, questionSets, run),
  perplexity: (model, run) => evaluatePerplexity(model, PASSAGE_DOCUMENTS, run),
  retention: (model, run) =>
    evaluateRetention(model, { ...run, arithmetic: { problems: 5 }, questionSets }),
  drift: (model, run) => evaluateDrift(model, UNRELATED_PROMPTS, run),
  'temperature search': (model, run) =>
    searchTemperature(async (temperature) => {
      const answers = await model.sample('one', 50, { seed: run.seed, temperature, maxTokens: 8 });
      return answers.get('1') ?? 0;
    }, run),
};

const script = () =>
  scriptedModel({
    answers: () => ({ '1': 0.4, '2': 0.3, '3.5': 0.2, A: 0.1 }),
    firstToken: () => Float32Array.of(0.5, 0.25, 0.25),
    kl: () => 0.1,
  });

describe.each(Object.entries(EVALUATIONS))('%s', (_, evaluate) => {
  test('gives one result for one seed, as plain data', async () => {
    const report = await evaluate(script(), { seed: 11 });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(await evaluate(script(), { seed: 11 })).toEqual(report);
  });

  test('does not call the model when it is cancelled beforehand, and stops when it is on its way', async () => {
    const idle = script();
    const before = evaluate(idle, { seed: 11, signal: AbortSignal.abort(new Error('cancelled')) });
    await expect(before).rejects.toThrow('cancelled');
    expect(idle.calls).toEqual([]);

    const controller = new AbortController();
    const progress: (readonly [number, number])[] = [];
    const stopped = evaluate(script(), {
      seed: 11,
      signal: controller.signal,
      onProgress: (done, total) => {
        progress.push([done, total]);
        if (done === 1) controller.abort(new Error('stopped'));
      },
    });
    await expect(stopped).rejects.toThrow('stopped');
    expect(Math.max(...progress.map(([done]) => done))).toBe(1);
    expect(progress[0]![1]).toBeGreaterThan(1);
  });

  test('tells of progress up to its total', async () => {
    const progress: (readonly [number, number])[] = [];
    await evaluate(script(), { seed: 11, onProgress: (...at) => progress.push(at) });
    const total = progress[0]![1];
    expect(progress[0]![0]).toBe(0);
    expect(progress.at(-1)).toEqual([total, total]);
    expect(progress.every(([, all]) => all === total)).toBe(true);
  });
});
