import { expect, test } from 'vitest';
import { OPEN_PROMPTS } from '../../../src/evaluation/open/open-prompts.ts';
import type { SamplingModel } from '../../../src/evaluation/evaluated-model.ts';
import { evaluateOpenEnded, TOP_P_THRESHOLDS } from '../../../src/evaluation/open.ts';
import { readGolden } from '../../golden/golden.ts';
import { figureOf, fiveErrors, scriptedModel, type Answers } from './scripted-model.ts';

const prompts = OPEN_PROMPTS.slice(0, 40);

/** `count` equally likely answers. */
const uniform = (count: number): Answers =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`answer ${i}`, 1 / count]));

/** Mean and variance of the number of different answers among n draws from m equally likely ones. */
function occupied(m: number, n: number) {
  const empty = m * (1 - 1 / m) ** n;
  const pairs = m * (m - 1) * (1 - 2 / m) ** n;
  return { mean: m - empty, variance: empty + pairs - empty ** 2 };
}

test('our own prompts are many and different, all of the same form', () => {
  expect(OPEN_PROMPTS.length).toBeGreaterThanOrEqual(100);
  expect(new Set(OPEN_PROMPTS.map(({ prompt }) => prompt)).size).toBe(OPEN_PROMPTS.length);
  for (const { id, prompt } of OPEN_PROMPTS) {
    expect(prompt).toBe(`Give me a random ${id}. Output ONLY the answer.`);
  }
});

test('there are 21 thresholds from 0.01 to 0.99', () => {
  expect(TOP_P_THRESHOLDS).toHaveLength(21);
  expect(TOP_P_THRESHOLDS.slice(0, 4)).toEqual([0.01, 0.05, 0.1, 0.15]);
  expect(TOP_P_THRESHOLDS.slice(-3)).toEqual([0.9, 0.95, 0.99]);
});

test('the unique fraction of uniform answers is the one of balls in boxes', async () => {
  const model = scriptedModel({ answers: () => uniform(200) });
  const report = await evaluateOpenEnded(model, prompts, { seed: 11 });
  const { mean, variance } = occupied(200, 100); // 78.8, standard deviation 3.2
  for (const row of report.rows) {
    expect(row.samples).toBe(100);
    expect(Math.abs(row.unique - mean)).toBeLessThan(5 * Math.sqrt(variance));
  }
  const figure = figureOf(report.figures, 'unique_fraction');
  const error = Math.sqrt(variance / prompts.length) / 100;
  expect(figure.count).toBe(40);
  expect(Math.abs(figure.value! - mean / 100)).toBeLessThan(5 * error);
  // The interval has the width of a normal one, within the 40 prompts' own uncertainty.
  expect(figure.high! - figure.low!).toBeGreaterThan(0.6 * 2 * 1.96 * error);
  expect(figure.high! - figure.low!).toBeLessThan(1.5 * 2 * 1.96 * error);
});

test('answers that differ in quotes, space or thinking are the same; the most frequent come first', async () => {
  const model = scriptedModel({
    answers: () => ({
      ' apple\n': 0.3,
      '"apple"': 0.2,
      '<think>hm</think>apple': 0.2,
      Apple: 0.2,
      '<think>never closed': 0.1,
    }),
  });
  const options = { seed: 11, samples: 1000 };
  const [row] = (await evaluateOpenEnded(model, prompts.slice(0, 1), options)).rows;
  expect(row!.unique).toBe(2);
  expect(row!.unique_fraction).toBe(2 / 1000);
  expect(row!.top_answers.map(({ answer }) => answer)).toEqual(['apple', 'Apple']);
  expect(Math.abs(row!.top_answers[0]!.count - 700)).toBeLessThan(1000 * fiveErrors(0.7, 1000));
  expect(Math.abs(row!.empty - 100)).toBeLessThan(1000 * fiveErrors(0.1, 1000));
  expect(row!.top_answers[0]!.count + row!.top_answers[1]!.count + row!.empty).toBe(1000);
});

test('answers that are nothing but a number are counted apart', async () => {
  const share = {
    '7': 0.1,
    ' -3.25\n': 0.1,
    '.5': 0.1,
    '12 apples': 0.3,
    '1.2.3': 0.2,
    apple: 0.2,
  };
  const model = scriptedModel({ answers: () => share });
  const report = await evaluateOpenEnded(model, prompts, { seed: 11 });
  const figure = figureOf(report.figures, 'number_fraction');
  expect(Math.abs(figure.value! - 0.3)).toBeLessThan(fiveErrors(0.3, 100 * prompts.length));
});

test("the reference's answers are counted as in the reference", async () => {
  const { open } = readGolden<{
    open: {
      cases: { raw: string }[];
      count_unique_outputs: {
        indices: number[];
        num_unique: number;
        unique_fraction: number;
        counts: Record<string, number>;
      }[];
    };
  }>('parsing');
  expect(open.count_unique_outputs).toHaveLength(4);
  for (const expected of open.count_unique_outputs) {
    const counts = new Map<string, number>();
    // An index beyond the cases stands for an empty answer.
    const texts = expected.indices.map((i) => open.cases[i]?.raw ?? '');
    for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
    const model: SamplingModel = { sample: () => Promise.resolve(counts) };
    const [row] = (await evaluateOpenEnded(model, prompts.slice(0, 1), { seed: 1 })).rows;
    expect(row!.unique).toBe(expected.num_unique);
    expect(row!.unique_fraction).toBe(expected.unique_fraction);
    const top = Object.entries(expected.counts).sort(([, a], [, b]) => b - a);
    expect(row!.top_answers.map(({ count }) => count)).toEqual(
      top.slice(0, 10).map(([, count]) => count),
    );
  }
});

test('nuclei of a uniform first token hold p of its tokens, rounded up', async () => {
  const model = scriptedModel({
    answers: () => uniform(3),
    firstToken: () => new Float32Array(64).fill(1 / 64),
  });
  const report = await evaluateOpenEnded(model, prompts.slice(0, 3), { seed: 11 });
  const expected = TOP_P_THRESHOLDS.map((p) => Math.ceil(64 * p - 1e-9));
  expect(report.rows.map((row) => row.support_sizes)).toEqual([expected, expected, expected]);
  expect(figureOf(report.figures, 'top_p_support', '0.50')).toMatchObject({ value: 32, count: 3 });
});

test('a model that does not tell its first token has no nuclei', async () => {
  const model = scriptedModel({ answers: () => uniform(3) });
  const report = await evaluateOpenEnded(model, prompts.slice(0, 2), { seed: 11, samples: 5 });
  expect(report.rows[0]!.support_sizes).toBeNull();
  expect(figureOf(report.figures, 'top_p_support', '0.99')).toMatchObject({
    value: null,
    note: "the model does not tell its first token's distribution",
  });
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
});
