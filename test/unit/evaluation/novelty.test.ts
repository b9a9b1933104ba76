import { describe, expect, test } from 'vitest';
import { NOVELTY_PROMPTS } from '../../../src/evaluation/novelty/novelty-prompts.ts';
import { evaluateNovelty, utilityOf } from '../../../src/evaluation/novelty.ts';
import {
  embeddingSimilarity,
  normalizedEquality,
  unigramOverlap,
} from '../../../src/evaluation/novelty/partitioners.ts';
import { figureOf, scriptedModel, type Answers } from './scripted-model.ts';

/** Five classes of two spellings each, all equally likely. */
const colors: Answers = Object.fromEntries(
  ['red', 'green', 'blue', 'black', 'white'].flatMap((color) => [
    [color, 0.1],
    [`${color.toUpperCase()}!`, 0.1],
  ]),
);
const constant = (score: number) => ({
  name: `always ${score}`,
  score: (_: string, answers: readonly string[]) => Promise.resolve(answers.map(() => score)),
});

test('our own prompts are at least 50, all different', () => {
  expect(NOVELTY_PROMPTS.length).toBeGreaterThanOrEqual(50);
  expect(new Set(NOVELTY_PROMPTS.map(({ id }) => id)).size).toBe(NOVELTY_PROMPTS.length);
  expect(new Set(NOVELTY_PROMPTS.map(({ prompt }) => prompt)).size).toBe(NOVELTY_PROMPTS.length);
});

test('distinct_10 and utility of uniform answers are the computed expectations', async () => {
  const model = scriptedModel({ answers: () => colors });
  const report = await evaluateNovelty(model, NOVELTY_PROMPTS, {
    seed: 11,
    partitioner: normalizedEquality,
    scorer: constant(7),
  });
  const prompts = NOVELTY_PROMPTS.length;
  const [n, m] = [10, 5];
  const mean = m * (1 - (1 - 1 / m) ** n); // 4.46
  const empty = m - mean;
  const variance = empty + m * (m - 1) * (1 - 2 / m) ** n - empty ** 2;
  const distinct = figureOf(report.figures, 'distinct_10');
  expect(Math.abs(distinct.value! - mean)).toBeLessThan(5 * Math.sqrt(variance / prompts));

  // Answer i is new with probability (4/5)^i; it weighs 0.8^i. Utilities of single prompts spread by
  // less than 1.2, as is checked below.
  const steps = Array.from({ length: n }, (_, i) => i);
  const weights = steps.reduce((sum, i) => sum + 0.8 ** i, 0);
  const utility = (7 * steps.reduce((sum, i) => sum + 0.8 ** i * 0.8 ** i, 0)) / weights;
  const measured = figureOf(report.figures, 'utility_10');
  expect(Math.abs(measured.value! - utility)).toBeLessThan((5 * 1.2) / Math.sqrt(prompts));
  const spread = report.rows.map((row) => (row.utility! - utility) ** 2);
  expect(Math.sqrt(spread.reduce((a, b) => a + b) / prompts)).toBeLessThan(1.2);
  expect(report.settings).toMatchObject({
    generations: 10,
    patience: 0.8,
    partitioner: 'normalised equality',
    scorer: 'always 7',
  });
});

test('generations come in random order', async () => {
  const model = scriptedModel({ answers: () => ({ a: 0.5, b: 0.5 }) });
  const options = { seed: 11, partitioner: normalizedEquality };
  const { rows } = await evaluateNovelty(model, NOVELTY_PROMPTS, options);
  const first = rows.filter(({ generations }) => generations[0] === 'a').length;
  // A fair coin for each of 54 prompts, five standard errors.
  expect(Math.abs(first - rows.length / 2)).toBeLessThan((5 / 2) * Math.sqrt(rows.length));
  // Neighbours differ half the time, although the model gives its answers grouped.
  const changes = rows.map(
    ({ partition }) => partition.filter((group, i) => i > 0 && group !== partition[i - 1]).length,
  );
  const mean = changes.reduce((sum, count) => sum + count, 0) / rows.length;
  expect(Math.abs(mean - 9 / 2)).toBeLessThan(5 * Math.sqrt(9 / 4 / rows.length));
  for (const { generations, partition } of rows) {
    expect(generations).toHaveLength(10);
    expect(partition[0]).toBe(0);
    expect(partition.map((group) => group === 0)).toEqual(
      generations.map((text) => text === generations[0]),
    );
  }
});

test('without a scorer utility is undefined, and the report says why', async () => {
  const model = scriptedModel({ answers: () => colors });
  const options = { seed: 11, partitioner: unigramOverlap };
  const report = await evaluateNovelty(model, NOVELTY_PROMPTS.slice(0, 3), options);
  expect(report.settings).toMatchObject({ partitioner: 'unigram overlap', scorer: null });
  expect(report.rows.map((row) => row.utility)).toEqual([null, null, null]);
  expect(figureOf(report.figures, 'utility_10')).toMatchObject({
    value: null,
    note: 'there is no scorer of answers',
  });
  expect(await evaluateNovelty(model, NOVELTY_PROMPTS.slice(0, 3), options)).toEqual(report);
});

test('utility rewards the first of each class, earlier ones more', () => {
  // (1 * 8 + 0 + 0.25 * 4) / (1 + 0.5 + 0.25)
  expect(utilityOf([0, 0, 1], [8, 9, 4], 0.5)).toBeCloseTo(9 / 1.75, 12);
  expect(utilityOf([0, 1, 2], [10, 10, 10], 0.8)).toBeCloseTo(10, 12);
  expect(utilityOf([], [], 0.8)).toBeNull();
});

describe('partitioners', () => {
  test('normalised equality folds case, punctuation and space', async () => {
    const answers = ['The sea.', 'the  SEA', '"The sea!"', 'A sea', '<think>x</think>a sea'];
    expect(await normalizedEquality.partition(answers)).toEqual([0, 0, 0, 1, 1]);
  });

  test.each([
    ['pictures', ['🍎', '🍌', '🍇', '🍎!']],
    ['symbols', ['C', 'C++', 'C#', 'c.']],
    ['vowel signs', ['कि', 'की', 'का', '"कि"']],
    ['signs of numbers', ['5', '-5', '50 %', '5!']],
    ['parts of numbers', ['15', '1.5', '1/5', '(15)']],
    ['nothing but punctuation', ['?', '!', '…', ' ? ']],
  ])('E4: equality drops case and punctuation only: %s', async (_, answers) => {
    expect(await normalizedEquality.partition(answers)).toEqual([0, 1, 2, 0]);
  });

  test('E4: unigrams count words with their marks, and pictures', async () => {
    const long = (last: string) => `एक दो तीन चार पाँच ${last}`;
    const pictures = ['🍎 🍎 🍎 🍎 🍎 🍎', '🍌 🍌 🍌 🍌 🍌 🍌'];
    expect(await unigramOverlap.partition(pictures)).toEqual([0, 1]);
    expect(await unigramOverlap.partition([long('कि'), 'कि का की को कु के'])).toEqual([0, 1]);
  });

  test('E3: answers in two Unicode forms are one', async () => {
    const forms = ['café', 'cafe\u0301', 'CAFÉ'];
    expect(await normalizedEquality.partition(forms)).toEqual([0, 0, 0]);
    expect(await unigramOverlap.partition(forms)).toEqual([0, 0, 0]);
  });

  test('E5: case folds to any length, and a trace ends where it ends', async () => {
    const same = [
      'Straße',
      'STRASSE',
      'strasse',
      '<think>İİİİ</think>STRASSE',
      '<THINK>İ</Think>Straße',
    ];
    expect(await normalizedEquality.partition(same)).toEqual([0, 0, 0, 0, 0]);
    expect(await normalizedEquality.partition(['ΟΔΟΣ', 'οδος', 'οδοσ'])).toEqual([0, 0, 0]);
    expect(await normalizedEquality.partition(['ısı', 'isi', 'İSİ', 'i\u0307si\u0307'])).toEqual([
      0, 1, 2, 2,
    ]);
  });

  test('short answers that share half their words are the same', async () => {
    const answers = ['Red', 'red apple', 'green apple pie', 'a big red apple tree', 'blue'];
    // red/red apple: 2 * 1 >= 2; red/green apple pie: 0; red/a big red apple tree: 2 < 5.
    expect(await unigramOverlap.partition(answers)).toEqual([0, 0, 1, 2, 3]);
    expect(await unigramOverlap.partition(['', 'x', ''])).toEqual([0, 1, 0]);
  });

  test('longer answers are the same above an F-measure of 0.458', async () => {
    const base = 'one two three four five six seven eight nine ten';
    // Shared words of 10 and 10: 5 give 0.5, 4 give 0.4; repeated words count as often as both have them.
    const half = 'one two three four five a b c d e';
    const less = 'one two three four f g h i j k';
    const repeated = 'one one one one one one one one one one';
    expect(await unigramOverlap.partition([base, half, less, repeated])).toEqual([0, 0, 1, 2]);
  });

  test('embeddings are compared by their cosine', async () => {
    const vectors: Record<string, number[]> = { a: [1, 0], b: [3, 1], c: [0, 2], d: [0, 0] };
    const embedder = {
      name: 'toy',
      embed: (texts: readonly string[]) => Promise.resolve(texts.map((text) => vectors[text]!)),
    };
    // cos(a, b) = 3 / sqrt(10) = 0.949; a vector of zeros is like nothing, not even itself.
    const partitioner = embeddingSimilarity(embedder, 0.9);
    expect(partitioner.name).toBe('cosine of toy >= 0.9');
    expect(await partitioner.partition(['a', 'b', 'c', 'd', 'd'])).toEqual([0, 0, 1, 2, 3]);
    expect(await embeddingSimilarity(embedder, 0.96).partition(['a', 'b'])).toEqual([0, 1]);
  });
});
