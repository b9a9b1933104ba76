// The lab's own anchor prompts: what a model can do besides sampling, and should go on doing.
import { randomStream } from '../../../core/random.ts';
import { arithmeticQuestion, operandPairs } from '../../../evaluation/arithmetic.ts';

export interface AnchorPrompt {
  /** Kinds take turns in the batches. */
  readonly kind: string;
  readonly text: string;
}

/** Sums of two numbers of so many digits. */
const SUMS: readonly (readonly [digits: number, count: number])[] = [
  [2, 96],
  [3, 32],
];
/** The first sums that a seed draws are left to the evaluation of arithmetic. */
const EVALUATED_SUMS = 2000;
/**
 * Sums of a number of one digit and one of two, which the evaluation never asks. They stand in for
 * sums of two numbers of one digit, all of which it may ask.
 */
const UNEQUAL_SUMS = 96;

/**
 * None asks for something at random or for a multiple-choice question: there the untouched model is
 * what calibration should change. None is among the prompts that the lab evaluates on.
 */
const PROMPTS: Readonly<Record<string, string>> = {
  list: `
List some vegetables.
List some trees.
List some metals.
List some sports.
List some tools.
List some months.
Name five rivers of Europe.
Name four parts of a flower.
Write down the first six letters of the Greek alphabet.
Count down from ten to one.`,
  fact: `
What is the capital of Spain?
How many hours does a day have?
In which year did the Second World War end?
What is the chemical symbol of silver?
Who discovered penicillin?
Which planet is closest to the Sun?
What is a group of wolves called?
What does a carpenter do?
Which language is spoken in Brazil?
How many strings does a violin have?`,
  choice: `
Which of these is a vegetable: a carrot, a trumpet or an eagle?
Which of these is a city: silver, Lisbon or chess?
Which is larger, a whale or a mouse?
Which comes first in the alphabet, "river" or "mountain"?
Is a tomato blue, red or transparent? Answer with one word.
Is the following sentence true? "Snow is cold." Answer yes or no.
Is 48 divisible by 6? Answer yes or no.
Which of these is not a color: green, loud or brown?`,
  language: `
What is the plural of "mouse"?
What is the opposite of "narrow"?
Spell the word "rhythm".
Write the past tense of "to bring".
Translate "thank you" into French.
Use the word "lantern" in a sentence.
Correct the sentence: "They was late yesterday."
Complete the sentence: "After the rain, the garden".`,
  explanation: `
Explain in one sentence why ships float.
Explain in one sentence what a thermometer is for.
Explain in one sentence what a circle is.
What is the average of a list of numbers?
Describe how to make tea.
What is the difference between weather and climate?
Why do leaves change color in autumn? Answer in one sentence.
Write a loop that prints the numbers from 1 to 10.`,
};

const WRITTEN: readonly AnchorPrompt[] = Object.entries(PROMPTS).flatMap(([kind, lines]) =>
  lines
    .trim()
    .split('\n')
    .map((text) => ({ kind, text })),
);

/** Sums that the seed's evaluation of arithmetic does not ask. */
export function anchorSums(seed: number): AnchorPrompt[] {
  const equal = SUMS.flatMap(([digits, count]) =>
    operandPairs('+', digits, EVALUATED_SUMS + count, seed)
      .slice(EVALUATED_SUMS)
      .map((pair) => sumPrompt(`sum of ${digits} digits`, pair)),
  );
  const random = randomStream(seed, 'anchor', 'unequal sums');
  const unequal = random
    .shuffle(
      Array.from({ length: 10 * 90 }, (_, i) => [Math.floor(i / 90), 10 + (i % 90)] as const),
    )
    .slice(0, UNEQUAL_SUMS)
    .map(([short, long], i) =>
      sumPrompt('sum of unequal digits', i % 2 === 0 ? [short, long] : [long, short]),
    );
  return [...equal, ...unequal];
}

function sumPrompt(kind: string, [left, right]: readonly [number, number]): AnchorPrompt {
  return { kind, text: arithmeticQuestion(left, '+', right) };
}

/** The sums, and written prompts of several other kinds. */
export function anchorPrompts(seed: number): AnchorPrompt[] {
  return [...anchorSums(seed), ...WRITTEN];
}
