// Prompts that have nothing to do with chance: what a model answers to them should stay as it was.
import type { Prompt } from '../prompts.ts';

const PROMPTS = [
  'What is 27 + 48?',
  'List some fruits.',
  'Which of these is a bird: a robin, a chair or a lemon?',
  'What is the capital of France?',
  'How many days does a week have?',
  'Spell the word "necessary".',
  'Translate "good morning" into Spanish.',
  'Why is the sky blue? Answer in one sentence.',
  'What does a baker do?',
  'Explain in two sentences how a bicycle stays upright.',
  'Write the past tense of the verb "to swim".',
  'Put these words in alphabetical order: pear, apple, fig.',
  'What comes after Thursday?',
  'Describe how to boil an egg.',
  'What is the opposite of "ancient"?',
  'Summarize in one sentence: "The old bridge was closed after the flood. It will open again in May."',
  'Is 91 a prime number? Explain.',
  'Which is heavier, a kilogram of iron or a kilogram of wool?',
  'Name the three states of matter that we meet every day.',
  'Correct the sentence: "She go to school every days."',
  'What is the boiling point of water at sea level?',
  'Write a function that returns the larger of two numbers.',
  'Who wrote "Hamlet"?',
  'Describe a Beta distribution in one sentence.',
];

export const UNRELATED_PROMPTS: readonly Prompt[] = PROMPTS.map((prompt, i) => ({
  id: `${i + 1}`,
  prompt,
}));
