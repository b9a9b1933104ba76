import { expect, test } from 'vitest';
import { parseQuestion } from '../../../src/core/parsing/multiple-choice.ts';
import { expectedTotalVariation } from '../../../src/core/scoring/sampled-variation.ts';
import { evaluateAnswerPosition, questionPrompt } from '../../../src/evaluation/mcq.ts';
import { QUESTION_TOPICS } from '../../../src/evaluation/mcq/question-topics.ts';
import type { SamplingModel } from '../../../src/evaluation/evaluated-model.ts';
import { Comparison, readGolden } from '../../golden/golden.ts';
import { figureOf, fiveErrors, scriptedModel } from './scripted-model.ts';

const question = (answer: string) =>
  [
    'Question: Which of these is a fruit?',
    'A. apple',
    'B. hammer',
    'C. sofa',
    'D. owl',
    `Correct Answer: ${answer}`,
    'Explanation: An apple is a fruit.',
  ].join('\n');

test('the prompt asks for the layout that the parser reads', () => {
  expect(questionPrompt('tea', 'short')).toBe(
    'Write a multiple-choice question about tea with four options A, B, C, D.',
  );
  const full = questionPrompt('tea', 'full');
  const layout = full.slice(full.indexOf('Question:'));
  expect(parseQuestion(layout).formatErrors).toEqual(['invalid_correct_answer']);
  expect(parseQuestion(layout.replace(/<one letter.*>/, 'B')).isParseable).toBe(true);
  expect(new Set(QUESTION_TOPICS).size).toBeGreaterThanOrEqual(50);
});

test('a habit of position is measured as it is scripted', async () => {
  const share = { A: 0.1, B: 0.2, C: 0.6, D: 0.1 };
  const model = scriptedModel({
    answers: () => ({
      ...Object.fromEntries(Object.entries(share).map(([l, p]) => [question(l), 0.8 * p])),
      [question('b')]: 0.05,
      [question('B.')]: 0.05,
      'Sorry.': 0.1,
    }),
  });
  const report = await evaluateAnswerPosition(model, QUESTION_TOPICS, { seed: 11, samples: 40 });
  const n = 40 * QUESTION_TOPICS.length;
  const parse = figureOf(report.figures, 'parse_rate');
  expect(parse.count).toBe(n);
  expect(Math.abs(parse.value! - 0.8)).toBeLessThan(fiveErrors(0.8, n));
  const parsed = n * parse.value!;
  for (const [letter, p] of Object.entries(share)) {
    const figure = figureOf(report.figures, 'answer_share', letter);
    expect(Math.abs(figure.value! - p)).toBeLessThan(fiveErrors(p, parsed));
    expect(figure.low!).toBeLessThan(figure.value!);
  }
  // Only C is above a quarter, so the total variation is its share minus a quarter.
  const tv = figureOf(report.figures, 'total_variation').value!;
  expect(Math.abs(tv - 0.35)).toBeLessThan(fiveErrors(0.6, parsed));
  expect(tv - figureOf(report.figures, 'excess_total_variation').value!).toBeCloseTo(
    expectedTotalVariation([0.25, 0.25, 0.25, 0.25], parsed),
    12,
  );
  expect(figureOf(report.figures, 'chi_square_p_value').value).toBeLessThan(1e-50);
  // "b" and "B." are no letters: one error of format each; so is everything that "Sorry." lacks.
  expect(report.format_errors['invalid_correct_answer']).toBe(n - parsed);
  expect(report.counts.reduce((a, b) => a + b)).toBe(parsed);
  expect(report.rows.reduce((sum, row) => sum + row.parseable, 0)).toBe(parsed);
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
});

test('uniform positions pass', async () => {
  const model = scriptedModel({
    answers: () => Object.fromEntries([...'ABCD'].map((letter) => [question(letter), 0.25])),
  });
  const topics = QUESTION_TOPICS.slice(0, 20);
  const report = await evaluateAnswerPosition(model, topics, { seed: 11, samples: 50 });
  // McDiarmid: one of n questions moves the total variation by at most 1 / n.
  const bound = Math.sqrt(Math.log(2e6) / 2000);
  expect(Math.abs(figureOf(report.figures, 'excess_total_variation').value!)).toBeLessThan(bound);
  expect(figureOf(report.figures, 'chi_square_p_value').value).toBeGreaterThan(1e-4);
  expect(report.format_errors).toEqual({});
});

test('nothing parsed is undefined, not balanced', async () => {
  const model = scriptedModel({ answers: () => ({ [question('b')]: 0.5, [question('B.')]: 0.5 }) });
  const report = await evaluateAnswerPosition(model, ['tea'], { seed: 11, samples: 30 });
  expect(figureOf(report.figures, 'parse_rate')).toMatchObject({ value: 0, low: 0, count: 30 });
  for (const name of ['total_variation', 'excess_total_variation', 'chi_square']) {
    expect(figureOf(report.figures, name)).toMatchObject({
      value: null,
      note: 'no question could be parsed',
    });
  }
  expect(figureOf(report.figures, 'answer_share', 'A').value).toBeNull();
  expect(report.counts).toEqual([0, 0, 0, 0]);
});

test("the reference's questions give the reference's figures", async () => {
  const { mcq } = readGolden<{
    mcq: {
      cases: { raw: string }[];
      metrics: { name: string; indices: number[]; summary: Record<string, number> }[];
    };
  }>('parsing');
  const compare = new Comparison();
  for (const { name, indices, summary } of mcq.metrics) {
    if (indices.length === 0) continue;
    const counts = new Map<string, number>();
    for (const i of indices) {
      const { raw } = mcq.cases[i]!;
      counts.set(raw, (counts.get(raw) ?? 0) + 1);
    }
    const model: SamplingModel = { sample: () => Promise.resolve(counts) };
    const { figures, counts: letters } = await evaluateAnswerPosition(model, ['x'], { seed: 1 });
    const check = (figure: string, key: string) =>
      compare.number(figureOf(figures, figure).value, summary[key]!, `${name} ${key}`);
    check('parse_rate', 'parse_rate');
    check('valid_answer_rate', 'valid_correct_answer_rate');
    check('unique_options_rate', 'unique_options_rate');
    compare.exact(
      letters,
      [...'abcd'].map((letter) => summary[`count_${letter}`]),
      name,
    );
    if (summary['num_parseable'] === 0) continue; // the reference says 0 there
    check('total_variation', 'tv_distance_from_uniform');
    check('largest_deviation', 'max_abs_deviation_from_uniform');
    check('chi_square', 'chi_square_statistic');
    check('chi_square_p_value', 'chi_square_pvalue');
  }
  expect(compare.count).toBe(5 * 4 + 4 * 4);
});
