// Questions answered in words: what each says of its answers is how likely they are.
import { describe, expect, test } from 'vitest';
import { CATEGORIES, categoryById, categoryRows } from '../../../../src/core/prompts/categories.ts';
import { choiceSpace } from '../../../../src/core/targets/choices.ts';

type Weights = Record<string, number>;

const pairs = (text: string, pattern: RegExp, [value, weight]: [number, number]): Weights =>
  Object.fromEntries([...text.matchAll(pattern)].map((found) => [found[value], +found[weight]!]));

/** All alike, but for those that a sentence names. */
function favoured(values: string[], named: (value: string) => RegExp, prompt: string): Weights {
  return Object.fromEntries(
    values.map((value) => [value, Number(named(value).exec(prompt)?.[1] ?? 1)]),
  );
}

const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** The weights as a reader of the question understands them. */
const READ: Record<string, (prompt: string) => Weights> = {
  die: (prompt) => {
    const faces = range(1, Number(/faces 1 to (\d+)/.exec(prompt)![1])).map(String);
    return favoured(faces, (face) => new RegExp(`; ${face} is (\\d) times`), prompt);
  },
  urn: (prompt) => pairs(prompt, /(\d+) (\w+)/g, [2, 1]),
  letter: (prompt) => {
    const [first, last] = /from (\w) to (\w)/
      .exec(prompt)!
      .slice(1)
      .map((c) => c.charCodeAt(0));
    const letters = range(first!, last!).map((code) => String.fromCharCode(code));
    return favoured(letters, (each) => new RegExp(`, ${each} (\\d) times`), prompt);
  },
  choice: (prompt) => pairs(prompt, /(\w+) with (\d+)%/g, [1, 2]),
  word: (prompt) => pairs(prompt, /(\w+) (\d+)/g, [1, 2]),
  order: (prompt) => {
    const letters = /Put (.*) in a random order/.exec(prompt)![1]!.match(/[A-Z]/g)!;
    const all = (left: string[]): string[] =>
      left.length === 0
        ? ['']
        : left.flatMap((first) =>
            all(left.filter((other) => other !== first)).map((rest) => first + rest),
          );
    return Object.fromEntries(all(letters).map((answer) => [answer, 1]));
  },
  wheel: (prompt) => pairs(prompt, /(\d+) say (\w+)/g, [2, 1]),
  weekday: (prompt) => {
    const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
    const weekend = /each day of the weekend (\d) times/.exec(prompt)?.[1];
    return favoured(
      days,
      (day) =>
        weekend !== undefined && day.startsWith('S')
          ? /weekend (\d) times/
          : new RegExp(`${day} (\\d) times`),
      prompt,
    );
  },
};

describe.each(CATEGORIES.map((category) => [category.id, category] as const))(
  '%s',
  (id, category) => {
    const [trained, unseen] = [categoryRows(category, 'trained'), categoryRows(category, 'unseen')];

    test('asks for what it says, with the probabilities that it says', () => {
      for (const { prompt, answers } of [...trained, ...unseen]) {
        const read = READ[id]!(prompt);
        const given = Object.fromEntries(answers.map(({ value, weight }) => [value, weight]));
        expect(given, prompt).toEqual(read);
        const total = Object.values(read).reduce((a, b) => a + b, 0);
        const { values, probabilities } = choiceSpace(answers);
        values.forEach((value, i) => {
          expect(probabilities[i]).toBeCloseTo(read[value]! / total, 14);
        });
      }
    });

    test('has as many questions as a family, no two alike, none of the unseen ones trained', () => {
      expect(unseen).toHaveLength(12);
      expect(trained).toHaveLength(60);
      const all = category.role === 'held_out' ? trained : [...trained, ...unseen];
      expect(new Set(all.map(({ prompt }) => prompt)).size).toBe(all.length);
      expect(new Set([...trained, ...unseen].map((row) => row.id)).size).toBe(72);
    });

    test('is the same in every run', () => {
      expect(categoryRows(category, 'trained')).toEqual(trained);
    });
  },
);

test('percentages sum to a hundred', () => {
  for (const { answers } of categoryRows(categoryById('choice'), 'trained'))
    expect(answers.reduce((sum, { weight }) => sum + weight, 0)).toBe(100);
});

test('an unknown category is refused with those that there are', () => {
  expect(() => categoryById('coin')).toThrow(/unknown category "coin"/);
});
