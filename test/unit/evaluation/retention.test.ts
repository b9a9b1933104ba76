import { expect, test } from 'vitest';
import { evaluateArithmetic } from '../../../src/evaluation/arithmetic.ts';
import { CHOICE_QUESTIONS } from '../../../src/evaluation/retention/choice-questions.ts';
import { CLOZE_QUESTIONS } from '../../../src/evaluation/retention/cloze-questions.ts';
import type { Question } from '../../../src/evaluation/retention/question.ts';
import { evaluateQuestions } from '../../../src/evaluation/retention/question-accuracy.ts';
import { evaluateRetention } from '../../../src/evaluation/retention.ts';
import { figureOf, fiveErrors, scriptedModel } from './scripted-model.ts';

/** Reads "What is A o B?" independently of the evaluation. */
function problem(prompt: string) {
  const [, left, operation, right] = /^What is (\d+) ([-+*]) (\d+)\?/.exec(prompt)!;
  const [a, b] = [Number(left), Number(right)];
  const result = operation === '+' ? a + b : operation === '-' ? a - b : a * b;
  return { a, b, result, text: `${left} ${operation} ${right}` };
}

test('a model that is right on every even left operand scores one half', async () => {
  const model = scriptedModel({
    answers: (prompt) => {
      const { a, result } = problem(prompt);
      return { [a % 2 === 0 ? `${result}` : `${result + 1}`]: 1 };
    },
  });
  const report = await evaluateArithmetic(model, { seed: 11 });
  // One digit: all 100 pairs, so exactly 50.
  expect(figureOf(report.figures, 'arithmetic_accuracy', '+ 1 digit')).toMatchObject({
    value: 0.5,
    count: 100,
  });
  for (const group of ['+ 2 digits', '+ 3 digits']) {
    const { value, count, low, high } = figureOf(report.figures, 'arithmetic_accuracy', group);
    expect(count).toBe(100);
    expect(Math.abs(value! - 0.5)).toBeLessThan(fiveErrors(0.5, 100));
    expect(low!).toBeLessThan(value!);
    expect(high!).toBeGreaterThan(value!);
  }
  const prompts = report.rows.map((row) => row.prompt);
  expect(new Set(prompts).size).toBe(300);
  for (const { prompt, digits, expected } of report.rows) {
    const { a, b, result } = problem(prompt);
    expect([`${a}`.length, `${b}`.length]).toEqual([digits, digits]);
    expect(expected).toBe(result);
    expect(prompt.endsWith('? Output ONLY the number.')).toBe(true);
  }
  expect(await evaluateArithmetic(model, { seed: 11 })).toEqual(report);
  expect((await evaluateArithmetic(model, { seed: 12 })).rows).not.toEqual(report.rows);
});

test('numbers are read as people write them', async () => {
  const forms: ((text: string, result: number) => [string, boolean])[] = [
    (text, result) => [`${text} = ${result}.`, true],
    (_, result) => [`The answer is ${result.toLocaleString('en-US')}`, true],
    (_, result) => [`<think>7</think> **${result}**`, true],
    (_, result) => [`${result}`.replace('-', '\u2212'), true],
    (_, result) => [`${result}.5`, false],
    (_, result) => [`${result}, or ${result + 1}`, false],
    () => ['I do not know.', false],
  ];
  for (const form of forms) {
    let right = false;
    const model = scriptedModel({
      answers: (prompt) => {
        const { text, result } = problem(prompt);
        const [answer, expected] = form(text, result);
        right = expected;
        return { [answer]: 1 };
      },
    });
    const options = { digits: [2, 3], operations: ['+', '-', '*'] as const, instructed: false };
    const report = await evaluateArithmetic(model, { seed: 11, problems: 20, ...options });
    expect(report.rows).toHaveLength(120);
    expect(report.rows.some((row) => row.expected < 0)).toBe(true);
    expect(figureOf(report.figures, 'arithmetic_accuracy').value).toBe(right ? 1 : 0);
    expect(report.rows[0]!.prompt.endsWith('?')).toBe(true);
  }
});

test('digits out of range are refused', async () => {
  const run = evaluateArithmetic(scriptedModel({}), { seed: 1, digits: [0] });
  await expect(run).rejects.toMatchObject({ name: 'InputError', field: 'digits' });
});

test('our own questions have four different options and their answers spread over the letters', () => {
  const right: Record<string, string> = {
    '1': 'mango',
    '11': 'eight',
    '40': 'NaCl',
  };
  const positions = [0, 0, 0, 0];
  for (const { id, question, options, answer } of CHOICE_QUESTIONS) {
    expect(new Set(options).size, question).toBe(4);
    if (right[id]) expect(options[answer]).toBe(right[id]);
    positions[answer]!++;
  }
  expect(CHOICE_QUESTIONS).toHaveLength(40);
  expect(Math.min(...positions)).toBeGreaterThanOrEqual(5);
  for (const { endings, answer } of CLOZE_QUESTIONS) {
    expect(new Set(endings.map((ending) => ending.continuation)).size).toBe(4);
    expect(answer).toBeGreaterThanOrEqual(0);
  }
  expect(CLOZE_QUESTIONS[0]!.endings[CLOZE_QUESTIONS[0]!.answer]!.continuation).toBe('warm coat.');
  expect(CLOZE_QUESTIONS).toHaveLength(30);
});

test('the length of an ending does not give the right one away', () => {
  let [shortest, longest] = [0, 0];
  for (const { endings, answer } of CLOZE_QUESTIONS) {
    const lengths = endings.map(({ continuation }) => continuation.length);
    const share = (length: number) =>
      lengths[answer] === length ? 1 / lengths.filter((other) => other === length).length : 0;
    shortest += share(Math.min(...lengths)) / CLOZE_QUESTIONS.length;
    longest += share(Math.max(...lengths)) / CLOZE_QUESTIONS.length;
  }
  // Chance is 0.25, with a standard error of 0.08 for 30 questions.
  expect(shortest).toBeLessThan(0.33);
  expect(longest).toBeLessThan(0.33);
});

test('a model with a favourite letter is right where the answer stands there', async () => {
  const model = scriptedModel({ answers: () => ({ A: 0.1, B: 0.2, C: 0.4, D: 0.2 }) });
  const sets = [{ name: 'own', questions: CHOICE_QUESTIONS }];
  const report = await evaluateQuestions(model, sets, { seed: 11 });
  const n = CHOICE_QUESTIONS.length;
  const at = (i: number) => CHOICE_QUESTIONS.filter(({ answer }) => answer === i).length / n;
  expect(figureOf(report.figures, 'accuracy', 'own').value).toBeCloseTo(at(2), 12);
  // Among the letters, not in all.
  const probability = (0.1 * at(0) + 0.2 * at(1) + 0.4 * at(2) + 0.2 * at(3)) / 0.9;
  const figure = figureOf(report.figures, 'right_option_probability', 'own');
  expect(figure.value).toBeCloseTo(probability, 12);
  expect(figureOf(report.figures, 'chance_accuracy', 'own').value).toBe(0.25);
  expect(model.calls[0]!.prompt).toBe(
    [
      'Question: Which of these is a fruit?',
      ...CHOICE_QUESTIONS[0]!.options.map((option, i) => `${'ABCD'[i]}. ${option}`),
      'Answer with the letter of the right option and nothing else.',
    ].join('\n'),
  );
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
});

test('cloze: the likeliest ending in all, and per byte', async () => {
  const cloze = (answer: number, ...continuations: string[]): Question => ({
    kind: 'cloze',
    id: continuations.join(),
    endings: continuations.map((continuation) => ({ context: 'It is', continuation })),
    answer,
  });
  // e costs 1 nat, everything else 2: "eee" 3 nats in 3 bytes, "x" 2 in 1, "\u00e9\u00e9" 4 in 4.
  const model = scriptedModel({ character: (c) => (c === 'e' ? -1 : -2) });
  const questions = [
    cloze(0, 'eee', 'x'), // sum: x; per byte: 1 against 2, eee
    cloze(1, 'eee', 'x'),
    cloze(0, '\u00e9\u00e9', 'xx'), // sum: a tie, the first; per byte: 1 against 2
    cloze(1, 'xe', 'e'),
  ];
  const { figures, rows } = await evaluateQuestions(model, [{ name: 'own', questions }], {
    seed: 11,
  });
  expect(rows.map((row) => row.correct)).toEqual([false, true, true, true]);
  expect(rows.map((row) => row.correct_per_byte)).toEqual([true, false, true, true]);
  expect(figureOf(figures, 'accuracy', 'own').value).toBe(0.75);
  expect(figureOf(figures, 'accuracy_per_byte', 'own')).toMatchObject({ value: 0.75, count: 4 });
  // softmax(-3, -2)[0]
  expect(rows[0]!.probability).toBeCloseTo(1 / (1 + Math.E), 12);
  expect(figureOf(figures, 'chance_accuracy', 'own').value).toBe(0.5);
});

test('a model without a chat template is asked to go on', async () => {
  const model = scriptedModel({
    hasChatTemplate: false,
    answers: () => ({ ' B': 0.9, ' A': 0.1 }),
  });
  const question: Question = {
    kind: 'multiple_choice',
    id: '1',
    question: 'Two and two?',
    options: ['3', '4'],
    answer: 1,
  };
  const sets = [{ name: 'own', questions: [question] }];
  const { rows } = await evaluateQuestions(model, sets, { seed: 11 });
  expect(model.calls[0]!.prompt).toBe('Question: Two and two?\nA. 3\nB. 4\nAnswer:');
  expect(rows[0]).toMatchObject({ correct: true, correct_per_byte: null });
  expect(rows[0]!.probability).toBeCloseTo(0.9, 12);
});

test('retention: one progress over its parts, one list of figures', async () => {
  const model = scriptedModel({
    answers: (prompt) => (prompt.startsWith('What is') ? { '7': 1 } : { A: 0.4, B: 0.6 }),
  });
  const progress: (readonly [number, number])[] = [];
  const options = {
    seed: 11,
    arithmetic: { problems: 30, digits: [1, 2] },
    questionSets: [
      { name: 'choice', questions: CHOICE_QUESTIONS },
      { name: 'cloze', questions: CLOZE_QUESTIONS },
    ],
    onProgress: (done: number, total: number) => progress.push([done, total]),
  };
  const report = await evaluateRetention(model, options);
  const total = 3 + 40 + 30;
  expect(new Set(progress.map(([, all]) => all))).toEqual(new Set([total]));
  const done = progress.map(([at]) => at);
  expect(done).toEqual([...done].sort((a, b) => a - b));
  expect([done[0], done.at(-1)]).toEqual([0, total]);

  expect(figureOf(report.figures, 'accuracy', 'cloze').count).toBe(30);
  const sevens = report.arithmetic.rows.filter((row) => row.expected === 7).length;
  expect(figureOf(report.figures, 'arithmetic_accuracy').value).toBeCloseTo(sevens / 60, 12);
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
});
