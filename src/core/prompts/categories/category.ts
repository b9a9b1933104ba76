// What a category of questions is: one whose answers are words, with probabilities that it states.
import type { RandomStream } from '../../random.ts';

/** An answer and its relative weight. */
export interface WeightedAnswer {
  readonly value: string;
  readonly weight: number;
}

export interface CategoricalQuestion {
  /** Says every answer and how likely it is, and asks for one of them. */
  readonly prompt: string;
  readonly answers: readonly WeightedAnswer[];
}

/** What a question is made of: things that models are trained on, or others that are kept to measure. */
export type Material = 'trained' | 'unseen';

export interface Category {
  /** In configurations and results; no family has the same. */
  readonly id: string;
  /** What it is about, in a few words. */
  readonly title: string;
  /** `held_out` categories stay for measuring, as the paper's held-out families do. */
  readonly role: 'train' | 'held_out';
  /** A question of it; all chance comes from `random`. */
  question(random: RandomStream, material: Material): CategoricalQuestion;
}

/** `count` different items, in random order. */
export function some<T>(items: readonly T[], count: number, random: RandomStream): T[] {
  return random.shuffle([...items]).slice(0, count);
}

/** A whole number from `least` to `most`. */
export const between = (least: number, most: number, random: RandomStream): number =>
  least + random.integer(most - least + 1);

/** Answers with whole weights from 1 to `most`, not all of them equal. */
export function weighted(
  values: readonly string[],
  most: number,
  random: RandomStream,
): WeightedAnswer[] {
  const weights = values.map(() => between(1, most, random));
  // Where chance made them equal, the first one steps aside.
  if (weights.every((weight) => weight === weights[0])) weights[0] = (weights[0]! % most) + 1;
  return values.map((value, i) => ({ value, weight: weights[i]! }));
}

/** `a, b and c` */
export const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
