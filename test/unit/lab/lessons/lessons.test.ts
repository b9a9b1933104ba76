// The lessons: which guess is right follows from the figures alone, whichever way they come out.
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { lessonStudy } from '../../../../scripts/lesson-study.mjs';
import { answers } from '../../../../src/lab/lessons/answers.ts';
import { carryOver } from '../../../../src/lab/lessons/carry-over.ts';
import { collapse } from '../../../../src/lab/lessons/collapse.ts';
import { cost } from '../../../../src/lab/lessons/cost.ts';
import { LESSONS } from '../../../../src/lab/lessons/index.ts';
import { noise } from '../../../../src/lab/lessons/noise.ts';
import SHIPPED from '../../../../src/lab/lessons/shipped-study.json' with { type: 'json' };
import { tree } from '../../../../src/lab/lessons/tree.ts';
import type { Race } from '../../../../src/lab/race/race.ts';
import { readRace } from '../../../../src/lab/race/race-file.ts';

const json = async (path: string) =>
  JSON.parse(await readFile(new URL(`../../../../${path}`, import.meta.url), 'utf8')) as never;

let race: Race;
beforeAll(async () => {
  race = readRace(await json('public/races/beta.json'));
});

/** The race with its lanes' last distances, and names, as given. */
const ending = (ends: Readonly<Record<string, number>>): Race => ({
  ...race,
  lanes: Object.entries(ends).map(([name, away]) => {
    const lane = race.lanes[name === 'soft' ? 0 : 1]!;
    const frames = lane.frames.map((frame) => ({ ...frame, away }));
    return { ...lane, arm: { ...lane.arm, name }, frames };
  }),
});

const sums = (right: number) =>
  Array.from({ length: 10 }, (_, i) => ({
    prompt: `What is ${i} + 1?`,
    answer: 'seven',
    correct: i < right,
  }));

const wordCount = (...texts: string[]) => texts.join(' ').split(/\s+/).length;

test('there are six, each told in under 120 words without a digit', () => {
  expect(LESSONS).toHaveLength(6);
  for (const { words, question, options } of LESSONS) {
    expect(wordCount(words, question, ...options.map(({ label }) => label))).toBeLessThan(120);
    expect(`${words} ${question}`).not.toMatch(/\d/);
    expect(options.length).toBeGreaterThan(2);
  }
});

test('each reveal, with the question above it, has under 120 words', () => {
  const ends = { soft: 0.1, 'hard 1': 0.3, 'hard 4': 0.2, 'hard 16': 0.12 };
  const reveals = [
    collapse.reveal(race),
    tree.reveal(race),
    noise.reveal(race),
    answers.reveal(ending(ends)),
    carryOver.reveal(race),
    cost.reveal({ race, sums: { base: sums(10), soft: sums(4), hard: sums(2) } }),
  ];
  expect(reveals).toHaveLength(LESSONS.length);
  reveals.forEach(({ right, sentences }, i) => {
    const { question, options } = LESSONS[i]!;
    const said = `Not what you guessed: ${options.find(({ key }) => key === right)!.label}.`;
    expect(wordCount(question, said, ...sentences)).toBeLessThan(120);
  });
});

test('the untouched model collapses', () => {
  const { right, sentences } = collapse.reveal(race);
  expect(right).toBe('few');
  expect(sentences.join(' ')).toContain('94 % of the model’s');
  const even = { ...race.base!, probabilities: race.target.probabilities, invalidMass: 0 };
  expect(collapse.reveal({ ...race, base: even }).right).toBe('many');
});

test('the untouched model loses most where its own figures say', () => {
  const { right, sentences } = tree.reveal(race);
  expect(tree.options.map(({ key }) => key)).toContain(right);
  // “0” and “.” are certain; most is lost at the last digit, the fourth token.
  expect(right).toBe('later');
  expect(sentences[0]).toMatch(/ at token 4\.$/);
  expect(sentences[1]).toMatch(/^After “0\.\d” it writes “\d”/);
});

describe('who is closer', () => {
  test.each([
    [0.1, 0.27, 'soft'],
    [0.2, 0.1, 'hard'],
    [0.1, 0.101, 'level'],
  ])('soft %d, hard %d: %s', (soft, hard, right) =>
    expect(noise.reveal(ending({ soft, hard })).right).toBe(right),
  );
});

describe('how many answers hard needs', () => {
  test.each([
    [[0.1, 0.1, 0.1], '1'],
    [[0.3, 0.11, 0.1], '4'],
    [[0.3, 0.2, 0.12], '16'],
    [[0.3, 0.2, 0.15], 'more'],
  ])('%s: %s', ([one, four, sixteen], right) => {
    const ends = { soft: 0.1, 'hard 1': one!, 'hard 4': four!, 'hard 16': sixteen! };
    const reveal = answers.reveal(ending(ends));
    expect(reveal.right).toBe(right);
    // Drawn where it belongs.
    expect(answers.amount!.words(reveal.measured!)).toBe(
      right === 'more' ? 'more than 16' : `${right} a step`,
    );
  });
});

test('how far it carries over', () => {
  const { beyond } = race;
  const after = (away: number) => {
    const ends = { ...beyond!.ends, soft: { ...beyond!.ends.soft!, away } };
    return carryOver.reveal({ ...race, beyond: { ...beyond!, ends } });
  };
  expect([0.304, 0.31, 0.7, 0.71].map((away) => after(away).right)).toEqual([
    'near',
    'between',
    'between',
    'far',
  ]);
  expect(after(0.304).measured).toBe(30);
  // What is drawn is what the question was about.
  const { target, base, lanes } = after(0.304).race;
  expect(target).toBe(beyond!.target);
  expect(base).toBe(beyond!.ends.base);
  expect(lanes.map(({ frames }) => frames.at(-1)!.away)).toEqual([0.304, beyond!.ends.hard!.away]);
  expect(() => carryOver.reveal({ ...race, beyond: null })).toThrow(/other parameters/);
});

test('the study that ships is the one in the docs', () => {
  expect(`${JSON.stringify(SHIPPED, null, 2)}\n`).toBe(lessonStudy());
});

test('what it costs', () => {
  const after = (right: number) =>
    cost.reveal({ race, sums: { base: sums(10), soft: sums(right), hard: sums(2) } });
  expect([after(9).right, after(5).right, after(4).right]).toEqual(['nearly', 'some', 'few']);
  expect(after(4).sentences[0]).toContain(
    'Of 10 sums the untouched model does 100 %, after soft targets 40 %, after hard ones 20 %',
  );
  expect(after(4).sentences[1]).toBe('“What is 4 + 1?” it now answers “seven”.');
});
